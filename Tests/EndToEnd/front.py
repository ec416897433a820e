"""Puts a name and TLS in front of a port: a name server that knows that name alone, and a server
that decrypts and passes on. It prints where both are, and serves until it is killed."""

import argparse
import random
import socket
import ssl
import struct
import threading


def answer(query: bytes, name: str) -> bytes:
    """One answer of a name server, RFC 1035 section 4: an address for `name`, else that there is none."""
    labels, at = [], 12
    while length := query[at]:
        labels.append(query[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += length + 1
    question = query[12 : at + 5]
    (kind,) = struct.unpack("!H", query[at + 1 : at + 3])
    is_known = ".".join(labels).lower() == name
    record = b"\xc0\x0c" + struct.pack("!HHIH4B", 1, 1, 0, 4, 127, 0, 0, 1)
    records = [record] if is_known and kind == 1 else []
    flags = 0x8400 | (0 if is_known else 3)
    return query[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + question + b"".join(records)


def serve_names(server: socket.socket, name: str) -> None:
    while True:
        query, client = server.recvfrom(4096)
        server.sendto(answer(query, name), client)


def copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while chunk := source.recv(1 << 16):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def forward(raw: socket.socket, context: ssl.SSLContext, port: int) -> None:
    try:
        client = context.wrap_socket(raw, server_side=True)
    except (OSError, ssl.SSLError):
        return  # a client that does not trust us; it is for the client to say so
    upstream = socket.create_connection(("127.0.0.1", port))
    threading.Thread(target=copy, args=(upstream, client), daemon=True).start()
    copy(client, upstream)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--forward", type=int, required=True)
    options = parser.parse_args()

    names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while True:
        # resolv.conf has no place for a port, so each run takes an address of its own.
        address = f"127.53.{random.randrange(256)}.{random.randrange(1, 255)}"
        try:
            names.bind((address, 53))
            break
        except PermissionError:
            raise SystemExit("a name server listens on port 53, which takes root")
        except OSError:
            continue
    threading.Thread(target=serve_names, args=(names, options.name), daemon=True).start()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate, options.key)
    server = socket.create_server(("127.0.0.1", 0))
    print(f"names={address} port={server.getsockname()[1]} ready", flush=True)
    while True:
        raw, _ = server.accept()
        threading.Thread(target=forward, args=(raw, context, options.forward), daemon=True).start()


main()
