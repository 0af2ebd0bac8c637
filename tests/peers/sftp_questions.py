"""An SFTP server that asks for the password as a question (RFC 4256), and takes it no other way. Prints its port and fingerprint."""
import base64, hashlib, socket, sys, threading
import paramiko

key = paramiko.ECDSAKey.generate()


class Door(paramiko.ServerInterface):
    def get_allowed_auths(self, username):
        return "keyboard-interactive"

    def check_auth_interactive(self, username, submethods):
        query = paramiko.InteractiveQuery("Login", "")
        # The first may be seen by others: it is not one for the password.
        query.add_prompt("Department: ", True)
        query.add_prompt("Password: ", False)
        return query

    def check_auth_interactive_response(self, responses):
        right = responses == ["", sys.argv[1]]
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


def serve(client):
    transport = paramiko.Transport(client)
    transport.add_server_key(key)
    transport.set_subsystem_handler("sftp", paramiko.SFTPServer, paramiko.SFTPServerInterface)
    try:
        transport.start_server(server=Door())
    except (EOFError, paramiko.SSHException):
        pass


listener = socket.create_server(("127.0.0.1", 0))
digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
print(listener.getsockname()[1], f"SHA256:{digest}", flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
