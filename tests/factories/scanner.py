"""A small ClamAV: speaks INSTREAM and VERSION over a real socket, and finds the string it is told to."""

import contextlib
import socket
import struct
import threading

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner:
    def __init__(self, place: str, listening: socket.socket, *, most: int, says: bytes | None):
        self.place, self.listening, self.most, self.says = place, listening, most, says
        self.sizes: list[int] = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                line, _address = self.listening.accept()
            except OSError:
                return
            with line, contextlib.suppress(ConnectionError):
                line.settimeout(10)
                self._answer(line)

    def _answer(self, line: socket.socket):
        file = line.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += file.read(1)
        if command == b"zVERSION\0":
            line.sendall(b"ClamAV 1.4.2/27000\0")
            return
        seen = b""
        while length := struct.unpack(">I", file.read(4))[0]:
            if len(seen) + length > self.most:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
            seen += file.read(length)
        self.sizes.append(len(seen))
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in seen else b"stream: OK\0"
        line.sendall(found if self.says is None else self.says)


@contextlib.contextmanager
def scanner(folder=None, *, most: int = 10_000_000, says: bytes | None = None):
    """One at a path in `folder`, or at a port of this machine."""
    if folder is None:
        listening = socket.create_server(("127.0.0.1", 0))
        place = f"127.0.0.1:{listening.getsockname()[1]}"
    else:
        place = str(folder / "clamd.ctl")
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(place)
        listening.listen()
    running = Scanner(place, listening, most=most, says=says)
    try:
        yield running
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        running.thread.join(5)
