"""What the daemon does when it runs out of file descriptors."""

import os
import resource
import socket
import time

import httpx


def processor_seconds(process: int) -> float:
    fields = open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_without_descriptors_it_waits_and_goes_on_when_there_are_some(start_proxy, router):
    proxy = start_proxy(router, keys={"pool": 0})  # key pairs made ahead would take the processor
    process = proxy.process.pid
    used = max(int(name) for name in os.listdir(f"/proc/{process}/fd")) + 1
    _, hard = resource.prlimit(process, resource.RLIMIT_NOFILE)
    resource.prlimit(process, resource.RLIMIT_NOFILE, (used, hard))
    gaps = used - len(os.listdir(f"/proc/{process}/fd"))
    callers = [socket.create_connection(("127.0.0.1", proxy.port), 10) for _ in range(gaps + 3)]
    time.sleep(0.3)
    before = processor_seconds(process)
    time.sleep(1.5)
    assert processor_seconds(process) - before < 0.5, "it spins"
    resource.prlimit(process, resource.RLIMIT_NOFILE, (hard, hard))
    assert httpx.get(proxy.url + "/healthz", timeout=10).status_code == 200
    for caller in callers:
        caller.close()
