"""How long does a request take while 100 slow clients hold on? Usage: slow_clients.py PORT"""

import socket
import sys
import time
import urllib.request

SLOW = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx"


def main(port: int) -> None:
    """Open 100 requests that never end, then time one that does."""
    held = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
    for connection in held:
        connection.send(SLOW)
    time.sleep(1)
    began = time.perf_counter()
    try:
        urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=10).read()
    except OSError:
        print("no answer in 10 s")
    else:
        print(f"{time.perf_counter() - began:.3f} s")


main(int(sys.argv[1]))
