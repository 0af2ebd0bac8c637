"""CMS compression (RFC 3274) for the judge, where the openssl command was built without zlib. Stands on asn1crypto and Python's zlib.

Usage: as2_cms.py compress|decompress, from stdin to stdout: DER to and from the content. Fails with a traceback and status 1.
"""

import sys
import zlib

from asn1crypto import cms


def compress(content):
    data = {"version": "v0", "compression_algorithm": {"algorithm": "zlib"}}
    data["encap_content_info"] = {"content_type": "data", "content": cms.ParsableOctetString(zlib.compress(content))}
    return cms.ContentInfo({"content_type": "compressed_data", "content": data}).dump()


def decompress(der):
    info = cms.ContentInfo.load(der)
    if info["content_type"].native != "compressed_data":
        raise ValueError(f"this is {info['content_type'].native}, not compressed_data")
    return info["content"].decompressed


work = {"compress": compress, "decompress": decompress}[sys.argv[1]]
sys.stdout.buffer.write(work(sys.stdin.buffer.read()))
