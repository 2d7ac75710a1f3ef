# SPDX-License-Identifier: Apache-2.0
"""JSON-RPC over unix sockets: a copy of a database (RFC 7047) that follows
it, and commands to daemons as ovs-appctl gives them.

Called by generations.py and hosts.py.
"""

import json
import socket


class Stream:
    """JSON values from and to a unix socket."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)
        self.text = ""
        self.decoder = json.JSONDecoder()

    def send(self, **message):
        self.sock.sendall(json.dumps(message).encode())

    def values(self, wait):
        """Returns what has arrived; if WAIT, at least one value."""
        found = []
        while True:
            while self.text:
                try:
                    value, end = self.decoder.raw_decode(self.text)
                except ValueError:
                    break
                found.append(value)
                self.text = self.text[end:].lstrip()
            self.sock.settimeout(60 if wait and not found else 0)
            try:
                data = self.sock.recv(1 << 20)
            except BlockingIOError:
                return found
            if not data:
                raise ConnectionError("closed by its other end")
            # Names are ASCII here, so no character is cut.
            self.text += data.decode()

    def close(self):
        self.sock.close()


def appctl(path, method, *params):
    """Gives a command to the daemon with the unixctl socket PATH and returns
    its answer."""
    stream = Stream(path)
    stream.send(id=0, method=method, params=list(params))
    reply = stream.values(True)[0]
    stream.close()
    if reply["error"] is not None:
        raise RuntimeError(f"{method}: {reply['error']}")
    return reply["result"]


def plain(value):
    """A column's value as Python has it: a set becomes a list."""
    if isinstance(value, list):
        kind, content = value
        if kind == "set":
            return [plain(member) for member in content]
        if kind == "map":
            return {plain(key): plain(val) for key, val in content}
        return content
    return value


class Replica:
    """A copy of some columns.  Each row is a dict that is never changed, so
    that older copies of a table stay as they were."""

    def __init__(self, path, database, columns):
        self.path = path
        self.database = database
        self.columns = columns
        self.later = []
        self.stream = None
        self.connect()

    def connect(self):
        """Connects and reads all."""
        self.stream = Stream(self.path)
        request = {table: {"columns": names}
                   for table, names in self.columns.items()}
        self.stream.send(id="m", method="monitor",
                         params=[self.database, None, request])
        first, *later = self.stream.values(True)
        self.tables = {table: {} for table in self.columns}
        self.apply(first["result"])
        self.later = later

    def apply(self, update):
        for name, rows in update.items():
            table = dict(self.tables[name])
            for uuid, change in rows.items():
                if "new" in change:
                    table[uuid] = {column: plain(value) for column, value
                                   in change["new"].items()}
                else:
                    del table[uuid]
            self.tables[name] = table

    def follow(self):
        """Calls apply() for each transaction that has arrived, and yields
        behind each.  While the database is away, nothing arrives."""
        try:
            if self.stream is None:
                self.connect()
                yield
            values = self.later + self.stream.values(False)
            self.later = []
        except OSError:
            self.stream = None
            return
        for value in values:
            if value.get("method") == "update":
                self.apply(value["params"][1])
                yield
            elif value.get("method") == "echo":
                self.stream.send(id=value["id"], result=value["params"],
                                 error=None)
