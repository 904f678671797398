"""One thread for every engine, before a test module imports NumPy."""

from machine import one_thread

one_thread()
