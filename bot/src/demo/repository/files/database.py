"""The database, behind a pool of connections."""

from contextlib import contextmanager
import queue
import sqlite3

POOL = queue.Queue()
SIZE = 10


class Connection:
    def __init__(self, raw):
        self.raw = raw

    def all(self, query, *values):
        rows = self.raw.execute(query, values)
        names = [column[0] for column in rows.description]
        return [dict(zip(names, row)) for row in rows]

    def run(self, query, *values):
        self.raw.execute(query, values)
        self.raw.commit()


def open_pool(path):
    for _ in range(SIZE):
        POOL.put(Connection(sqlite3.connect(path, check_same_thread=False)))


def acquire(timeout=2.0):
    return POOL.get(timeout=timeout)


def release(connection):
    POOL.put(connection)


@contextmanager
def connection():
    taken = acquire()
    try:
        yield taken
    finally:
        release(taken)
