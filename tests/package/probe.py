"""What the unit must not be able to do, tried from inside it. Prints one line a probe: its name and `denied` or `allowed`."""

import mmap
import socket
import subprocess


def write_usr():
    open("/usr/share/portway-probe", "w").close()


def run_sh():
    subprocess.run(["/bin/sh", "-c", "true"], check=True)


def raw_socket():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)


def writable_code():
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)


for probe in (write_usr, run_sh, raw_socket, writable_code):
    try:
        probe()
        print(probe.__name__, "allowed", flush=True)
    except (OSError, PermissionError) as error:
        print(probe.__name__, "denied", error, flush=True)
