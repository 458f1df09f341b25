"""SIP as telephones and their administrators meet it: lamps, presence, logins, publications, reload, restart, and a
platform that goes away. Real simulator, real sockets."""
import json
import pathlib
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import unittest

from office import within
from sip_office import (ALICE, ANAIS, DOMAIN, LISTEN, LOTTE, LUCIA, WOUTER, Office, TlsUa, WithOffice, certificate, challenges, credentials,
                        hear, published, sip_list, users_text, whole)
from test_teams import teams_section

LISTS = sip_list("blf-reception", whole(ALICE), whole(LOTTE), whole(WOUTER))
PASSWORDS = {"lotte": "geheim", ALICE: "secret"}


class Lamps(WithOffice):
    """Desk telephones and the lamps on their keys."""
    options = {"more": LISTS}

    def a_call(self, ua, lamp_of, caller, callee):
        """Every state of a call at both its ends."""
        def shows(user, lamp):
            self.assertTrue(ua.until(lambda: lamp_of(user) == lamp, 5), f"{user}: {lamp_of(user)} instead of {lamp}")

        office = self.office
        office.calls(caller, callee)
        shows(callee, "ringing")
        shows(caller, "busy")
        office.does("answer", callee)
        shows(callee, "busy")
        office.does("hold", callee)
        shows(callee, "held")
        shows(caller, "busy")
        office.does("retrieve", callee)
        shows(callee, "busy")
        office.does("hangup", callee)
        shows(callee, "idle")
        shows(caller, "idle")

    def test_a_call(self):
        for transport in ("udp", "tcp"):
            with self.subTest(transport):
                ua = self.ua(f"lamps.{transport}", transport)
                watches = {user: ua.subscribe(user, "dialog") for user in (ALICE, LOTTE)}
                self.assertTrue(ua.until(lambda: all(watch.document for watch in watches.values())))
                self.a_call(ua, lambda user: watches[user].lamp, LOTTE, ALICE)
                states = [next((word for word in ("early", "confirmed", "terminated") if f">{word}<".encode() in one.body), "")
                          for one in watches[ALICE].notifies]
                self.assertEqual([word for at, word in enumerate(states) if at == 0 or word != states[at - 1]],
                                 ["terminated", "early", "confirmed", "terminated"])

    def test_whatever_names_somebody(self):
        number = f"+3120123{self.office.extensions[ALICE]}"
        rows = ("alice.ficcion",                # a person's id, a line's id
                "alice.ficcion%40example.net",  # the whole id, escaped
                self.office.extensions[ALICE], number, number.lstrip("+"))
        ua = self.ua("names")  # one telephone, a key for each
        watches = [(name, ua.subscribe(name, "dialog")) for name in rows]
        watches.append(("tel:", ua.subscribe(ALICE, "dialog", uri=f"tel:{number}")))
        self.office.calls(LOTTE, ALICE)
        for name, watch in watches:
            with self.subTest(name):
                self.shows(ua, watch, "ringing")
        self.office.does("hangup", ALICE)
        for name, watch in watches:
            with self.subTest(name):
                self.shows(ua, watch, "idle")

    def test_a_second_line(self):
        # A person's lamp shows all their lines, a line's lamp that line.
        desk2 = f"{ANAIS}.desk2"
        ua = self.ua("lines")
        person, line = ua.subscribe(ANAIS, "dialog"), ua.subscribe(desk2, "dialog")
        self.assertTrue(ua.until(lambda: person.document and line.document))
        self.office.calls(LUCIA, desk2)
        self.shows(ua, person, "ringing")
        self.shows(ua, line, "ringing")
        self.office.does("hangup", LUCIA)
        self.shows(ua, person, "idle")
        self.shows(ua, line, "idle")

    def test_nobody(self):
        ua = self.ua("lost")
        for user in ("nobody", "9999", "%2B31209999999", "alice", ""):
            with self.subTest(user):
                self.assertEqual(self.refused(ua, user, uri=None if user else f"sip:{DOMAIN}"), 404)
        self.assertEqual(self.refused(ua, ALICE, uri=f"sip:{ALICE}@elsewhere.example"), 404)

    def test_a_list(self):
        ua = self.ua("sidecar", "tcp")
        watch = ua.subscribe("blf-reception", "dialog", lists=True)
        self.assertTrue(ua.until(lambda: len(watch.resources) == 3 and all(watch.resources.values())))
        self.a_call(ua, lambda user: watch.lamp_of(f"sip:{whole(user)}"), WOUTER, LOTTE)

    def test_other_methods(self):
        ua = self.ua("probe")
        options = ua.ask(ua.request("OPTIONS", ALICE))
        self.assertEqual(options.status, 200)
        self.assertLessEqual({"SUBSCRIBE", "PUBLISH", "OPTIONS"}, set(options.words("allow")))
        self.assertLessEqual({"dialog", "presence"}, set(options.words("allow-events")))
        for method in ("REGISTER", "MESSAGE", "INFO"):
            refused = ua.ask(ua.request(method, ALICE))
            self.assertEqual(refused.status, 405)
            self.assertEqual(set(refused.words("allow")), set(options.words("allow")))

    def test_refresh_and_leave(self):
        ua = self.ua("comes.and.goes")
        watch = ua.subscribe(ALICE, "dialog", 600)
        self.assertTrue(ua.until(lambda: len(watch.notifies) == 1))
        self.assertEqual(ua.refresh(watch, 1200).status, 200)
        self.assertTrue(ua.until(lambda: len(watch.notifies) == 2), "a refresh is followed by the state")
        self.assertEqual(ua.refresh(watch, 0).status, 200)
        self.assertTrue(ua.until(lambda: watch.state == "terminated"))
        self.assertEqual(ua.refresh(watch, 600).status, 481)
        fetch = ua.subscribe(ALICE, "dialog", 0)
        self.assertTrue(ua.until(lambda: fetch.state == "terminated"))
        self.assertEqual(fetch.lamp, "idle")


class Doors(WithOffice):
    """Who is not trusted logs in, sees no names if so configured, and not whom it may not see."""
    options = {"sip": f'users_file = "sip-users"\nprivate = ["{whole(WOUTER)}"]\nshow_remote = false',
               "files": {"sip-users": users_text(PASSWORDS)}, "more": LISTS}

    def test_each_algorithm(self):
        ua = self.ua("desk")
        fields = [("Contact", f"<sip:desk@{ua.here}>"), ("Event", "dialog"), ("Expires", "600")]
        for algorithm in ("SHA-256", "MD5"):
            with self.subTest(algorithm):
                first = ua.ask(ua.request("SUBSCRIBE", ALICE, fields))
                self.assertEqual(first.status, 401)
                one = next(one for one in challenges(first) if one.get("algorithm", "MD5") == algorithm)
                for password, status in (("wrong", 401), ("geheim", 200)):
                    login = credentials(one, "lotte", password, "SUBSCRIBE", f"sip:{whole(ALICE)}")
                    self.assertEqual(ua.ask(ua.request("SUBSCRIBE", ALICE, [*fields, ("Authorization", login)])).status, status)

    def test_a_call_without_names(self):
        ua = self.ua("desk", user="lotte", password="geheim")
        watch = ua.subscribe(ALICE, "dialog")
        self.office.calls(LUCIA, ALICE)
        self.shows(ua, watch, "ringing")
        dialog = next(one for one in watch.document.dialogs if one.state == "early")
        self.assertIn("anonymous", dialog.remote)
        self.assertNotIn(b"Placeholder", watch.notifies[-1].body)
        self.office.does("hangup", LUCIA)
        self.shows(ua, watch, "idle")

    def test_somebody_private(self):
        ua = self.ua("desk", user="lotte", password="geheim")
        for event in ("dialog", "presence"):
            self.assertEqual(self.refused(ua, WOUTER, event), 403)
        watch = ua.subscribe("blf-reception", "dialog", lists=True)
        self.assertTrue(ua.until(lambda: watch.resources.get(f"sip:{whole(ALICE)}")))
        self.assertIsNone(watch.resources.get(f"sip:{whole(WOUTER)}"), "a list is no way around")

    def test_whoever_publishes_is_the_presentity(self):
        other = self.ua("desk", user="lotte", password="geheim")
        self.assertEqual(other.publish(ALICE, "presence", published(ALICE, "busy")).status, 403)
        own = self.ua(ALICE, user=ALICE, password="secret")
        answer = own.publish(ALICE, "presence", published(ALICE, "busy"))
        self.assertEqual(answer.status, 200)
        self.assertEqual(own.publish(ALICE, "presence", etag=answer.one("sip-etag"), expires=0).status, 200)


class Presence(unittest.TestCase):
    """The presence package shows the verdict of each of the thirteen rules."""
    #       rule, Teams, telephony, what PIDF says: basic, activities, note
    rows = ((1, None, "ringing", "open", {"busy"}, "Ringing"),
            (2, None, "held", "open", {"on-the-phone"}, "On the phone, on hold"),
            (3, ("DoNotDisturb", "Presenting"), None, "open", {"busy"}, "Do not disturb"),
            (4, ("DoNotDisturb",), None, "open", {"busy"}, "Do not disturb"),
            (5, None, "dnd", "open", {"busy"}, "Do not disturb"),
            (6, ("DoNotDisturb",), "active", "open", {"busy"}, "Do not disturb"),
            (7, None, "active", "open", {"on-the-phone"}, "On the phone"),
            (8, ("Busy", "InAMeeting"), None, "open", {"busy", "meeting"}, "In a meeting"),
            (9, ("Busy",), None, "open", {"busy"}, "Busy"),
            (10, ("Away",), None, "open", {"away"}, "Away"),
            (11, ("Available",), None, "open", set(), "Available"))

    def test_each_rule(self):
        with Office(prepare=lambda sim: teams_section(sim), environment={"SIM_TEAMS_SECRET": "graph-secret"}) as office:
            ua = office.ua("soft")
            watch = ua.subscribe(ALICE, "presence")
            self.assertTrue(ua.until(lambda: watch.document))
            for rule, teams, line, basic, activities, note in self.rows:
                with self.subTest(rule=rule):
                    if teams:
                        office.sim.command("graph/presence", user=whole(ALICE), availability=teams[0], activity=teams[-1])
                    if line == "dnd":
                        office.does("dnd", ALICE, active=True)
                    elif line:
                        office.calls(LOTTE, ALICE)
                        if line != "ringing":
                            office.does("answer", ALICE)
                        if line == "held":
                            office.does("hold", ALICE)

                    def right():
                        info = watch.document
                        return (info.tuples[0].basic, set(info.activities), info.tuples[0].notes) == (basic, activities, [note])

                    self.assertTrue(ua.until(right, 8), watch.document)
                    self.assertEqual(office.daemon.get(f"/v1/presence/{whole(ALICE)}")[2]["rule"], rule)
                    if line == "dnd":
                        office.does("dnd", ALICE, active=False)
                    elif line:
                        office.does("hangup", ALICE)
                    office.sim.command("graph/presence", user=whole(ALICE), availability="Available", activity="Available")
                    self.assertTrue(ua.until(lambda: watch.document.tuples[0].notes == ["Available"], 8), watch.document)

    def test_offline_and_unknown(self):
        # Somebody without a line: Teams says offline (12), then nothing at all (13).
        with Office(more="[presence]\nteams_stale_after = \"10s\"\n", prepare=lambda sim: teams_section(sim),
                    environment={"SIM_TEAMS_SECRET": "graph-secret"}) as office:
            people = office.daemon.folder / "people.csv"
            office.reload(**{"people.csv": "\n".join(
                line if not line.startswith(whole(ALICE)) else f"{whole(ALICE)},Alice,{whole(ALICE)},,{whole(ALICE)},,,,,Reception"
                for line in people.read_text().splitlines()) + "\n"})
            ua = office.ua("soft")
            watch = ua.subscribe(ALICE, "presence")
            self.assertTrue(ua.until(lambda: watch.document and watch.document.tuples[0].notes == ["Offline"], 8), watch.document)
            self.assertEqual(watch.document.tuples[0].basic, "closed")
            office.sim.command("graph/away", seconds=60)
            self.assertTrue(ua.until(lambda: watch.document.tuples[0].notes == ["Unknown"], 20), watch.document)
            self.assertEqual((watch.document.tuples[0].basic, watch.document.activities), ("closed", ["unknown"]))


class Published(WithOffice):
    """Soft-clients and gateways publish; board, lamps and other watchers follow."""
    options = {"sip": 'trusted = ["127.0.0.0/8"]\nmin_expires = "1s"'}

    def board(self, user):
        return self.office.daemon.get(f"/v1/presence/{whole(user)}")[2]

    def test_presence(self):
        ua = self.ua("soft")
        watch = ua.subscribe(LUCIA, "presence")
        self.assertTrue(ua.until(lambda: watch.document))
        answer = ua.publish(LUCIA, "presence", published(LUCIA, "meeting", "With the auditors"))
        self.assertEqual(answer.status, 200)
        self.assertTrue(within(3, lambda: self.board(LUCIA)["status"] == "in_meeting"), self.board(LUCIA))
        self.assertTrue(ua.until(lambda: "meeting" in watch.document.activities))
        self.assertIn(["With the auditors"], [one.notes for one in watch.document.tuples])
        inputs = self.office.daemon.get(f"/v1/presence/{whole(LUCIA)}/why")[2]["inputs"]
        self.assertIn("publication", [one["source"] for one in inputs])
        again = ua.publish(LUCIA, "presence", published(LUCIA, "away"), etag=answer.one("sip-etag"))
        self.assertEqual(again.status, 200)
        self.assertTrue(within(3, lambda: self.board(LUCIA)["status"] == "away"), self.board(LUCIA))
        self.assertEqual(ua.publish(LUCIA, "presence", etag=answer.one("sip-etag")).status, 412, "that tag is spent")
        self.assertEqual(ua.publish(LUCIA, "presence", etag=again.one("sip-etag"), expires=0).status, 200)
        self.assertTrue(within(3, lambda: self.board(LUCIA)["status"] == "available"), self.board(LUCIA))
        self.assertTrue(ua.until(lambda: not watch.document.activities), watch.document)

    def test_a_publication_ends_by_itself(self):
        ua = self.ua("soft")
        watch = ua.subscribe(WOUTER, "presence")
        self.assertEqual(ua.publish(WOUTER, "presence", published(WOUTER, "away"), expires=1).status, 200)
        self.assertTrue(ua.until(lambda: watch.document and "away" in watch.document.activities))
        self.assertEqual(self.board(WOUTER)["status"], "away")
        self.assertTrue(ua.until(lambda: "away" not in watch.document.activities, 8), watch.document)
        self.assertTrue(within(2, lambda: self.board(WOUTER)["status"] == "available"), self.board(WOUTER))

    def test_a_gateway_publishes_calls(self):
        ua = self.ua("gateway")
        watch = ua.subscribe(LOTTE, "dialog")
        body = (f'<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" '
                f'entity="sip:{whole(LOTTE)}"><dialog id="gw1" direction="recipient"><state>early</state></dialog></dialog-info>')
        answer = ua.publish(LOTTE, "dialog", body.encode())
        self.assertEqual(answer.status, 200)
        self.shows(ua, watch, "ringing")
        self.assertTrue(within(3, lambda: self.board(LOTTE)["status"] == "ringing"), self.board(LOTTE))
        self.assertEqual(ua.publish(LOTTE, "dialog", etag=answer.one("sip-etag"), expires=0).status, 200)
        self.shows(ua, watch, "idle")
        self.assertTrue(within(3, lambda: self.board(LOTTE)["status"] == "available"), self.board(LOTTE))


class Operators(WithOffice):
    """What those see who run the daemon."""

    def asks(self, *words):
        return self.office.daemon.lamplighter(*words, "--url", self.office.daemon.url)

    def test_watchers(self):
        office = self.office
        ua = self.ua("desk7")
        watches = [ua.subscribe(user, event) for user in (ALICE, LOTTE) for event in ("dialog", "presence")]
        self.assertTrue(ua.until(lambda: all(watch.document for watch in watches)))
        self.assertTrue(within(2, lambda: {one["last_answer"] for one in office.watchers()} == {"200"}), office.watchers())
        rows = office.watchers(person=whole(ALICE))
        self.assertEqual({one["package"] for one in rows}, {"dialog", "presence"})
        for one in rows:
            self.assertEqual((one["watcher"], one["resource"], one["person"], one["from"], one["state"], one["why_ended"]),
                             (f"sip:desk7@{DOMAIN}", f"sip:{whole(ALICE)}", whole(ALICE), ua.here, "active", None))
            self.assertTrue(one["since"] <= one["last_notify"] < one["expires"], one)
        self.assertEqual(len(json.loads(self.asks("watchers", "--format", "json").stdout)), 4)
        table = self.asks("watchers", whole(ALICE)).stdout
        self.assertEqual(table.count("desk7@"), 2, table)
        why = office.daemon.get(f"/v1/presence/{whole(ALICE)}/why")[2]
        self.assertEqual(len([one for one in why["outputs"] if one["adapter"] == "sip"]), 2, why["outputs"])
        self.assertEqual(len(why["watchers"]), 2)
        self.assertIn("desk7@", self.asks("why", whole(ALICE)).stdout)
        status = office.daemon.get("/v1/status")[2]
        self.assertEqual([one["state"] for one in status["adapters"] if one["name"] == "sip"], ["up"])
        ua.refresh(watches[0], 0)
        self.assertTrue(ua.until(lambda: watches[0].state == "terminated"))
        self.assertTrue(within(2, lambda: any(one["why_ended"] for one in office.watchers(person=whole(ALICE)))))

        # Metrics are gathered now and then.
        self.assertTrue(within(15, lambda: office.metric("lamplighter_sip_subscribes_total", kind="unsubscribe") >= 1))
        self.assertGreaterEqual(office.metric("lamplighter_sip_subscribes_total", kind="new"), 4)
        self.assertGreaterEqual(office.metric("lamplighter_sip_notifies_total", outcome="accepted"), 4)
        self.assertEqual(office.metric("lamplighter_sip_subscriptions"), 3)
        if shutil.which("promtool"):
            outcome = subprocess.run(["promtool", "check", "metrics"], input=office.daemon.get("/metrics")[2], capture_output=True)
            self.assertEqual((outcome.returncode, outcome.stdout + outcome.stderr), (0, b""))


class Secured(unittest.TestCase):
    """TLS; and a certificate that is exchanged while connections live."""

    def test_tls(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-tls-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        chain, key = certificate(folder)
        keys = f'trusted = ["127.0.0.0/8"]\ncertificate = "{chain}"\nkey = "{key}"'
        with Office(keys, listen=(*LISTEN, "tls:127.0.0.1:0")) as office:
            def phone(authority, name):
                ua = TlsUa(("127.0.0.1", office.port["tls"]), DOMAIN, authority, name=name)
                office.agents.append(ua)
                watch = ua.subscribe(ALICE, "dialog")
                self.assertTrue(ua.until(lambda: watch.document))
                return ua, watch

            first = phone(chain, "first")
            old = folder / "old.pem"
            old.write_bytes(chain.read_bytes())
            certificate(folder)
            office.reload()

            def with_new_one():
                try:
                    return phone(chain, "second")
                except ssl.SSLError:  # the SIP loop reads it a moment later
                    return None

            found = []
            self.assertTrue(within(5, lambda: found.append(with_new_one()) or found[-1]), "the old certificate is still shown")
            second = found[-1]
            with self.assertRaises(OSError):
                phone(old, "third")
            office.calls(LOTTE, ALICE)
            for ua, watch in (first, second):
                self.assertTrue(ua.until(lambda watch=watch: watch.lamp == "ringing", 5))
                self.assertEqual(ua.refresh(watch).status, 200)


class Reload(unittest.TestCase):
    """Users, networks and lists change while telephones watch."""

    def test_everything_that_is_live(self):
        with Office('users_file = "sip-users"', files={"sip-users": users_text({"lotte": "geheim"})}, more=LISTS) as office:
            ua = office.ua("desk", user="lotte", password="geheim")
            watch = ua.subscribe(ALICE, "dialog")
            sidecar = ua.subscribe("blf-reception", "dialog", lists=True)
            self.assertTrue(ua.until(lambda: watch.document and len(sidecar.resources) == 3))
            config = office.daemon.config.read_text()

            def refuses(one):
                fields = [("Contact", f"<sip:x@{one.here}>"), ("Event", "dialog")]
                return one.ask_with_login(lambda login: one.request("SUBSCRIBE", ALICE, [*fields, *login]), "SUBSCRIBE",
                                          f"sip:{whole(ALICE)}").status == 401

            # Other users: whoever is gone cannot come anew; what lives goes on until its refresh.
            office.reload(**{"sip-users": users_text({ALICE: "secret"})})
            self.assertTrue(ua.until(lambda: refuses(ua), 5))
            newcomer = office.ua(ALICE, user=ALICE, password="secret")
            self.assertTrue(newcomer.until(lambda: not refuses(newcomer), 5))
            office.calls(LOTTE, ALICE)
            self.assertTrue(ua.until(lambda: watch.lamp == "ringing"))
            office.does("hangup", LOTTE)
            self.assertTrue(ua.until(lambda: watch.lamp == "idle"))

            # A file with mistakes changes nothing.
            office.reload(**{"sip-users": "nonsense\n"})
            self.assertFalse(refuses(newcomer))
            self.assertIn("nothing was changed", office.daemon.log())
            office.reload(**{"sip-users": users_text({ALICE: "secret"})})

            # A trusted network: no login any more.
            office.reload(config=config.replace('users_file = "sip-users"', 'trusted = ["127.0.0.0/8"]'))
            stranger = office.ua("stranger")
            self.assertTrue(stranger.until(lambda: not refuses(stranger), 5))

            # A list with another member.
            office.reload(config=config.replace('users_file = "sip-users"', 'trusted = ["127.0.0.0/8"]').replace(
                f'"{whole(WOUTER)}"]', f'"{whole(WOUTER)}", "{whole(LUCIA)}"]'))
            self.assertTrue(ua.until(lambda: sidecar.resources.get(f"sip:{whole(LUCIA)}"), 5), sidecar.resources.keys())
            office.calls(LOTTE, LUCIA)
            self.assertTrue(ua.until(lambda: sidecar.lamp_of(f"sip:{whole(LUCIA)}") == "ringing"))

            # A list that is gone.
            office.reload(config=config.replace('users_file = "sip-users"', 'trusted = ["127.0.0.0/8"]').replace(LISTS, ""))
            self.assertTrue(ua.until(lambda: sidecar.state == "terminated", 5), sidecar.state)
            self.assertEqual(sidecar.reason, "noresource")
            self.assertEqual(watch.state, "active")

    def test_again_and_again_while_everybody_telephones(self):
        with Office(more=LISTS) as office:
            ua = office.ua("desk")
            users = [user for user in office.extensions if user.count(".") == 1 and user not in ("support.queue", "sales.hunt", "main.menu")]
            watches = {user: ua.subscribe(user, "dialog") for user in users}
            sidecar = ua.subscribe("blf-reception", "dialog", lists=True)
            config = office.daemon.config.read_text()
            for number in range(10):
                caller, callee = users[2 * number % 12], users[(2 * number + 1) % 12]
                office.calls(caller, callee)
                office.reload(config=config if number % 2 else config.replace(f'"{whole(WOUTER)}"]', f'"{whole(WOUTER)}", "{whole(LUCIA)}"]'))
                if number < 6:
                    office.does("hangup", caller)
                ua.until(lambda: False, 0.1)
            # A person's lamp shows both their lines; nobody calls the second ones.
            self.assertTrue(ua.until(lambda: all(watch.lamp == office.lamps()[user] for user, watch in watches.items()), 10),
                            [(user, watch.lamp, office.lamps()[user]) for user, watch in watches.items()])
            self.assertIn("ringing", {watch.lamp for watch in watches.values()})
            self.assertTrue(ua.until(lambda: all(sidecar.lamp_of(f"sip:{whole(user)}") == office.lamps()[user] for user in (ALICE, LOTTE, WOUTER)), 5))
            self.assertEqual({watch.state for watch in watches.values()}, {"active"})

    def test_somebody_becomes_private(self):
        keys = 'users_file = "sip-users"'
        with Office(keys, files={"sip-users": users_text({"lotte": "geheim"})}) as office:
            ua = office.ua("desk", user="lotte", password="geheim")
            watch, other = ua.subscribe(ALICE, "dialog"), ua.subscribe(WOUTER, "dialog")
            self.assertTrue(ua.until(lambda: watch.document and other.document))
            office.reload(config=office.daemon.config.read_text().replace(keys, keys + f'\nprivate = ["{whole(ALICE)}"]'))
            self.assertTrue(ua.until(lambda: watch.state == "terminated", 5), watch.state)
            self.assertEqual(watch.reason, "rejected")
            self.assertEqual(other.state, "active")


class Restart(unittest.TestCase):
    """Telephones find their way back when the daemon stops, or dies."""

    def test_a_planned_stop(self):
        with Office() as office:
            ua, stream = office.ua("desk"), office.ua("other", "tcp")
            watches = [one.subscribe(user, event) for one in (ua, stream) for user in (ALICE, LOTTE) for event in ("dialog", "presence")]
            self.assertTrue(hear([ua, stream], 5, lambda: all(watch.document for watch in watches)))
            office.daemon.process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            self.assertTrue(hear([ua, stream], 5, lambda: all(watch.state == "terminated" for watch in watches)))
            self.assertEqual({watch.reason for watch in watches}, {"deactivated"})
            self.assertEqual(office.daemon.process.wait(10), 0)
            self.assertLess(time.monotonic() - began, 5)

    def test_a_stop_while_nobody_answers(self):
        with Office() as office:
            ua = office.ua("mute")
            watches = [ua.subscribe(user, "dialog") for user in (ALICE, LOTTE)]
            self.assertTrue(ua.until(lambda: all(watch.document for watch in watches)))
            office.daemon.process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            self.assertEqual(office.daemon.process.wait(15), 0)
            self.assertLess(time.monotonic() - began, 8)

    def test_a_kill(self):
        with Office() as office:
            port = office.port["udp"]
            fixed = office.daemon.config.read_text().replace("udp:127.0.0.1:0", f"udp:127.0.0.1:{port}")
            office.daemon.config.write_text(fixed)
            ua = office.ua("desk")
            watch = ua.subscribe(ALICE, "dialog")
            self.assertTrue(ua.until(lambda: watch.document))
            office.calls(LOTTE, ALICE)
            office.does("answer", ALICE)
            office.daemon.kill()
            office.daemon.start()
            self.assertTrue(office.daemon.ready(15))
            self.assertEqual(ua.refresh(watch).status, 481)
            again = ua.subscribe(ALICE, "dialog")
            self.assertTrue(ua.until(lambda: again.document, 5))
            self.assertEqual((again.state, again.lamp), ("active", "busy"), "the first word is the truth")


class PlatformAway(unittest.TestCase):
    """A lamp must not lie while nobody knows the calls."""

    def test_away_and_back(self):
        with Office(more='[presence]\nline_stale_after = "2s"\n' + LISTS) as office:
            ua = office.ua("desk")
            watch, soft = ua.subscribe(ALICE, "dialog"), ua.subscribe(ALICE, "presence")
            sidecar = ua.subscribe("blf-reception", "dialog", lists=True)
            self.assertTrue(ua.until(lambda: watch.document and soft.document and len(sidecar.resources) == 3))
            began = time.monotonic()
            office.sim.command("away", seconds=9)
            office.sim.command("kill_channel")
            self.assertTrue(ua.until(lambda: watch.state == "terminated", 6), watch.state)
            self.assertGreater(time.monotonic() - began, 1.5, "not before it is stale")
            self.assertEqual(watch.reason, "probation")
            self.assertGreaterEqual(int(watch.retry_after), 1)
            self.assertTrue(ua.until(lambda: soft.document.tuples[0].notes == ["Unknown"], 3), soft.document)
            self.assertEqual(soft.state, "active", "presence can say that it is unknown")
            self.assertTrue(ua.until(lambda: b"probation" in sidecar.notifies[-1].body, 3), sidecar.notifies[-1].body)
            self.assertEqual(sidecar.state, "active", "a list says it of its members")

            again = ua.subscribe(ALICE, "dialog")
            self.assertTrue(ua.until(lambda: again.notifies))
            self.assertEqual((again.state, again.document), ("pending", None))
            office.calls(LOTTE, ALICE)  # while nobody looks
            self.assertTrue(ua.until(lambda: again.state == "active", 20), again.state)
            self.assertLess(time.monotonic() - began, 9 + 10, "seconds after the platform is back, no more")
            self.assertEqual(again.lamp, "ringing", "the first document is the truth")
            self.assertTrue(ua.until(lambda: sidecar.lamp_of(f"sip:{whole(ALICE)}") == "ringing", 5))
            self.assertTrue(ua.until(lambda: soft.document.tuples[0].notes == ["Ringing"], 5), soft.document)


if __name__ == "__main__":
    unittest.main(verbosity=2)
