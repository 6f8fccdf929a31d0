"""The soak must fail on what it is there to find: its judge gets runs with one fault each."""

import asyncio
import pathlib
import random
import sys
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from soak_parts import judge
from soak_parts.caller import Loss, Wrong, text_of
from soak_parts.faults import Event, Faults, excuse
from soak_parts.programs import steady_port
from soak_parts.prompts import Prompts, request_body
from soak_parts.relay import Exchanges, Relay
from soak_parts.windows import bursts, closest, highest

REST = {"memory": 60.0, "descriptors": 21, "threads": 9, "pool": 3, "in_flight": 0, "queue": 0,
        "names": {"curl": 1}, "open": {"pipe": 2}}


def run_of(seconds, rate=200.0, leaked_bytes=0.0, seed=1):
    """Rows as a healthy daemon gives them, with a leak of so many bytes in each exchange."""
    chance = random.Random(seed)
    rows, memory, leaked = [], 30.0, 0.0
    for second in range(seconds):
        # Growth to the working size, then steps up and down when large prompts meet.
        memory += (75 - memory) * 0.1 + chance.uniform(-2, 2)
        leaked += rate * leaked_bytes / 1024 / 1024
        rows.append({"time": second, "memory": memory + leaked, "exchanges": rate})
    return rows


class Judge(unittest.TestCase):
    def judged(self, rows, losses=(), **after):
        return judge.complaints(rows, REST, REST | after, list(losses))

    def test_a_healthy_run_passes_short_or_long(self):
        for seconds in (60, 180, 1800):
            for seed in range(20):
                self.assertEqual(self.judged(run_of(seconds, seed=seed)), [])

    def test_a_leak_of_a_prompt_in_each_exchange_is_found_in_three_minutes(self):
        [said] = self.judged(run_of(180, leaked_bytes=4096))
        self.assertIn("memory grew", said)

    def test_a_leak_of_two_hundred_bytes_in_each_exchange_is_found_in_half_an_hour(self):
        [said] = self.judged(run_of(1800, leaked_bytes=200))
        self.assertRegex(said, r"memory grew by 3\d\.\d MiB .* \((19|20)\d bytes for each exchange")

    def test_one_descriptor_one_thread_one_exchange_too_many_is_found(self):
        for name in ("descriptors", "threads", "in_flight", "queue"):
            [said] = self.judged(run_of(60), **{name: REST[name] + 1})
            self.assertIn(f"{name.replace('_', ' ')} did not return", said)

    def test_what_did_not_return_is_named(self):
        [said] = self.judged(run_of(60), threads=10, names={"curl": 2, "NIO": 1})
        self.assertIn("(1 x curl, 1 x NIO)", said)

    def test_fewer_threads_than_before_are_no_fault(self):
        self.assertEqual(self.judged(run_of(60), threads=8, descriptors=20, pool=1), [])

    def test_one_lost_exchange_is_found_and_one_beyond_saving_is_not(self):
        loss = Loss(0, 1, "whole, 4 KB", "status 502")
        [said] = self.judged(run_of(60), [loss])
        self.assertIn("1 exchanges were lost; the first: whole, 4 KB, status 502", said)
        loss.beyond_saving = "the router was away for 9 s"
        self.assertEqual(self.judged(run_of(60), [loss]), [])

    def test_a_run_in_which_nothing_moves_proves_nothing(self):
        self.assertEqual(len(self.judged(run_of(60, rate=2))), 1)
        self.assertEqual(len(self.judged(run_of(5))), 1)


class Excuses(unittest.TestCase):
    loss = Loss(10, 12, "whole, 4 KB", "status 502")

    def test_what_met_one_fault_or_none_could_be_saved(self):
        self.assertEqual(excuse(self.loss, []), "")
        self.assertEqual(excuse(self.loss, [Event("outage: refused", 9, 11)]), "")
        self.assertEqual(excuse(self.loss, [Event("reset", time, time) for time in (1, 5, 11)]), "")

    def test_an_outage_longer_than_connections_are_tried_for_cannot_be_got_over(self):
        self.assertIn("away for 9 s", excuse(self.loss, [Event("outage: refused", 2.5, 11.5)]))

    def test_more_hits_than_retries_cannot_be_got_over(self):
        events = [Event("reset", time, time) for time in (10, 11, 11.5)]
        self.assertIn("hit up to 3 times", excuse(self.loss, events))


class Repair(unittest.IsolatedAsyncioTestCase):
    async def test_it_counts_as_an_outage_for_those_who_met_it(self):
        router = unittest.mock.AsyncMock()
        faults = Faults(unittest.mock.Mock(open=unittest.mock.AsyncMock()), router, seed=1)
        await faults.repair()
        router.stop.assert_awaited_once()
        [event] = faults.events
        self.assertTrue(event.is_outage)
        self.assertGreaterEqual(event.end, event.begin)


class Answers(unittest.TestCase):
    def test_a_stream_is_put_together_from_its_pieces(self):
        pieces = ['a\\"', "\\u00fc", "\\\\"]
        events = "".join(f'data: {{"choices":[{{"delta":{{"content":"{piece}"}}}}]}}\n\n' for piece in pieces)
        end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
        self.assertEqual(text_of((events + end).encode(), True), 'a"ü\\')

    def test_a_stream_without_its_end_is_wrong(self):
        with self.assertRaises(Wrong):
            text_of(b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', True)

    def test_no_two_prompts_are_alike(self):
        prompts = Prompts(1)
        made = [prompts.make("4 KB") for _ in range(200)]
        self.assertEqual(len(set(made)), 200)
        self.assertGreater(min(len(request_body(prompt, True)) for prompt in made), 4096)


class Windows(unittest.TestCase):
    def test_a_window_does_not_hold_its_own_end(self):
        self.assertEqual(highest([0, 0.5, 1.0, 1.4], 1), 3)
        self.assertEqual(highest([0, 1, 2, 3], 1), 1)
        self.assertEqual(highest([], 1), 0)

    def test_the_count_is_that_of_every_window_tried_by_hand(self):
        chance = random.Random(3)
        for _ in range(200):
            stamps = sorted(chance.uniform(0, 5) for _ in range(chance.randint(1, 30)))
            by_hand = max(sum(start <= stamp < start + 1 for stamp in stamps) for start in stamps)
            self.assertEqual(highest(stamps, 1), by_hand)

    def test_bursts_are_told_apart_and_their_distance_counts_from_last_to_first(self):
        found = bursts([0, 0.1, 0.2, 0.3, 3, 4, 12, 12.2, 12.4], 2)
        self.assertEqual(found, [[0, 0.3], [12, 12.4]])
        self.assertAlmostEqual(closest(found), 11.7)
        self.assertIsNone(closest(found[:1]))
        self.assertEqual(bursts([0, 0.1, 0.95], 2, second=0.9), [])


class Messages(unittest.TestCase):
    def test_messages_are_followed_however_they_are_cut(self):
        wire = (b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                b"GET /b HTTP/1.1\r\n\r\nPOST /c HTTP/1.1\r\ncontent-length:3\r\n\r\nabc")
        for size in range(1, len(wire) + 1):
            follower, seen = Exchanges(), []
            for start in range(0, len(wire), size):
                seen += follower.feed(wire[start:start + size])
            self.assertEqual(
                [line.split()[1] for what, line in seen if what == "begin"], ["/a", "/b", "/c"])
            self.assertEqual(len(seen), 6)
            self.assertTrue(follower.is_between)


class Upstream(asyncio.Protocol):
    """Answers each request as soon as it is whole."""

    def connection_made(self, transport):
        self.transport, self.requests = transport, Exchanges()

    def data_received(self, data):
        for what, _ in self.requests.feed(data):
            if what == "end":
                self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")


class Relaying(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.callers = []
        self.server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0)
        self.relay = Relay(steady_port(), self.server.sockets[0].getsockname()[1])
        await self.relay.open()

    async def asyncTearDown(self):
        for caller in self.callers:
            caller.close()
        self.relay.end_links()
        self.relay.close_door()
        self.server.close()
        await asyncio.sleep(0.01)  # what was ended is told so

    async def ask(self, connection):
        reader, writer = connection
        writer.write(b"POST /x HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        return await asyncio.wait_for(reader.readuntil(b"done"), 5)

    async def connect(self):
        connection = await asyncio.open_connection("127.0.0.1", self.relay.port)
        self.callers.append(connection[1])
        return connection

    async def test_what_is_left_alone_passes_again_and_again(self):
        connection = await self.connect()
        for _ in range(3):
            self.assertTrue((await self.ask(connection)).endswith(b"done"))
        [link] = self.relay.links
        self.assertTrue(link.is_idle)

    async def test_a_closed_door_refuses_and_an_opened_one_does_not(self):
        standing = await self.connect()
        await self.ask(standing)
        self.relay.close_door()
        with self.assertRaises(ConnectionRefusedError):
            await self.connect()
        await self.ask(standing)
        await self.relay.open()
        await self.ask(await self.connect())

    async def test_an_answer_is_cut_after_so_many_bytes(self):
        self.relay.cut(False, [9])
        connection = await self.connect()
        with self.assertRaises((ConnectionResetError, asyncio.IncompleteReadError)):
            await self.ask(connection)
        self.assertEqual(len(self.relay.links), 0)
        await self.ask(await self.connect())

    async def test_a_reset_of_idle_connections_spares_those_under_way(self):
        idle, busy = await self.connect(), await self.connect()
        await self.ask(idle)
        busy[1].write(b"POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nab")
        while all(link.is_idle for link in self.relay.links):
            await asyncio.sleep(0)
        self.assertEqual(self.relay.end_links(idle_only=True), 1)
        with self.assertRaises((ConnectionResetError, asyncio.IncompleteReadError)):
            await self.ask(idle)
        busy[1].write(b"c")
        await asyncio.wait_for(busy[0].readuntil(b"done"), 5)

    async def test_a_stall_holds_everything_until_it_flows_again(self):
        connection = await self.connect()
        await self.ask(connection)
        self.relay.stall()
        asking = asyncio.ensure_future(self.ask(connection))
        await asyncio.wait([asking], timeout=0.1)
        self.assertFalse(asking.done())
        self.relay.flow()
        await asking


if __name__ == "__main__":
    unittest.main()
