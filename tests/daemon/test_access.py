"""Who may do what, on the built binaries: tokens made at run time, hashed ones, limits, guessers, the audit."""
import base64
import csv
import datetime
import http.client
import http.server
import json
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from office import BIN, Daemon, Simulator, within

ROOT = "a root secret of some length"


class Tokens(unittest.TestCase):
    def setUp(self):
        self.sim = Simulator("--people", "4")
        hashed = subprocess.run([BIN / "lamplighter", "token", "hash"], input=ROOT + "\n", capture_output=True,
                                text=True, timeout=30)
        self.assertEqual(hashed.returncode, 0, hashed.stderr)
        self.table = f'[[token]]\nname = "root"\nsecret = "{hashed.stdout.strip()}"\nrole = "administrator"\n'
        self.daemon = Daemon(self.sim, extra=self.table)
        self.daemon.text = self.daemon.text.replace('anonymous_role = "administrator"\n', "")
        self.daemon.config.write_text(self.daemon.text)
        self.assertEqual(self.daemon.post("/v1/reload", token=ROOT)[0], 200)

    def tearDown(self):
        self.daemon.close()
        self.sim.close()

    def lamplighter(self, *words, token=ROOT):
        return self.daemon.lamplighter(*words, "--url", self.daemon.url, "--token", token)

    def create(self, *words, token=ROOT):
        made = self.lamplighter("token", "create", *words, token=token)
        self.assertEqual(made.returncode, 0, made.stderr)
        return made.stdout.strip()

    def rows(self):
        return json.loads(self.lamplighter("token", "list", "--format", "json").stdout)

    def test_a_token_from_its_making_to_its_end(self):
        secret = self.create("crm", "--role", "operator", "--expires", "2999-12-31")
        self.assertEqual(self.daemon.get("/v1/whoami", secret)[2]["token"], "crm")
        self.assertEqual([(row["name"], row["source"], row["created_by"]) for row in self.rows()],
                         [("crm", "issued", "root"), ("root", "configuration", None)])
        self.assertNotIn(secret, json.dumps(self.rows()))
        self.assertIn("crm", self.lamplighter("token").stdout)
        table = self.lamplighter("token", "list", "--format", "csv").stdout.splitlines()
        self.assertEqual(len(list(csv.reader(table))), 3)

        # It survives a restart, and so does the hour of its last use; neither disk nor log has the secret.
        self.daemon.stop()
        self.daemon.start()
        used = {row["name"]: row["last_used"] for row in self.rows()}
        self.assertIsNotNone(used["crm"])
        self.assertEqual(self.daemon.get("/v1/presence", secret)[0], 200)
        for file in (self.daemon.folder / "state").rglob("*"):
            if file.is_file():
                self.assertNotIn(secret.encode(), file.read_bytes(), file)
        self.assertNotIn(secret, self.daemon.log())

        gone = self.lamplighter("token", "revoke", "crm")
        self.assertEqual((gone.returncode, gone.stdout), (0, "token crm opens nothing any more\n"), gone.stderr)
        self.assertEqual(self.daemon.get("/v1/presence", secret)[0], 401)
        again = self.lamplighter("token", "revoke", "crm")
        self.assertEqual(again.returncode, 1)
        self.assertIn("no token crm", again.stderr)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.daemon.get("/v1/presence", secret)[0], 401)

        for words in (["token", "create", "a"], ["token", "revoke"], ["token", "sing"],
                      ["token", "list", "--role", "viewer"]):
            self.assertEqual(self.lamplighter(*words).returncode, 2, words)

    def test_a_ticket_enrols_once(self):
        made = self.lamplighter("token", "ticket", "phone", "--role", "operator", "--expires", "2h", "--token-expires", "2999-12-31")
        self.assertEqual(made.returncode, 0, made.stderr)
        ticket = made.stdout.strip()
        tickets = lambda: json.loads(self.lamplighter("token", "tickets", "--format", "json").stdout)
        self.assertEqual([(row["name"], row["role"], row["created_by"], row["used"]) for row in tickets()], [("phone", "operator", "root", None)])
        self.assertEqual(self.daemon.get("/v1/whoami", ticket)[0], 401, "it is no token")
        again = self.lamplighter("token", "ticket", "phone", "--role", "viewer")
        self.assertEqual(again.returncode, 1)
        self.assertIn("a ticket phone already", again.stderr)
        self.daemon.stop()
        self.daemon.start()

        # Of many at once one is first.
        answers = []
        def enrol():
            answers.append(self.daemon.post("/v1/tokens/enrol", {"ticket": ticket}))
        threads = [threading.Thread(target=enrol) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(status for status, _, _ in answers), [201] + [409] * 7, answers)
        secret = next(answer["secret"] for status, _, answer in answers if status == 201)
        who = self.daemon.get("/v1/whoami", secret)[2]
        self.assertEqual((who["token"], who["role"], who["expires"][:4]), ("phone", "operator", "3000"))
        late = self.daemon.lamplighter("token", "enrol", ticket, "--url", self.daemon.url)
        self.assertEqual(late.returncode, 1)
        self.assertIn("was used at", late.stderr)
        self.assertIsNotNone(tickets()[0]["used"])
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.daemon.get("/v1/whoami", secret)[2]["token"], "phone")
        for file in (self.daemon.folder / "state").rglob("*"):
            if file.is_file():
                self.assertNotIn(ticket.encode(), file.read_bytes(), file)
                self.assertNotIn(secret.encode(), file.read_bytes(), file)
        self.assertNotIn(ticket, self.daemon.log())

        # One that was withdrawn, one that comes by standard input, and what the audit says.
        other = self.lamplighter("token", "ticket", "lost", "--role", "viewer").stdout.strip()
        self.assertEqual(self.lamplighter("token", "cancel", "lost").stdout, "ticket lost enrols nobody any more\n")
        self.assertEqual(self.daemon.post("/v1/tokens/enrol", {"ticket": other})[0], 401)
        third = self.lamplighter("token", "ticket", "wall", "--role", "viewer").stdout
        piped = subprocess.run([BIN / "lamplighter", "token", "enrol", "-", "--url", self.daemon.url], input=third, capture_output=True, text=True, timeout=30)
        self.assertEqual(self.daemon.get("/v1/whoami", piped.stdout.strip())[2]["token"], "wall", piped.stderr)
        rows = [(row["what"], row["who"], row["subject"]) for row in self.daemon.get("/v1/audit", ROOT)[2]["items"]]
        self.assertEqual(rows[:6], [("token_enrolled", "ticket wall", "wall"), ("ticket_created", "root", "wall"), ("ticket_revoked", "root", "lost"),
                                    ("ticket_created", "root", "lost"), ("token_enrolled", "ticket phone", "phone"), ("ticket_created", "root", "phone")])
        for words in (["token", "ticket", "a"], ["token", "enrol"], ["token", "tickets", "a"], ["token", "create", "a", "--role", "viewer", "--token-expires", "2h"]):
            self.assertEqual(self.lamplighter(*words).returncode, 2, words)

    def test_nobody_gives_more_than_they_hold(self):
        chief = '[[role]]\nname = "chief"\ninherit = "operator"\ngrant = ["access.manage"]\n'
        self.daemon.config.write_text(self.daemon.text + chief)
        self.assertEqual(self.daemon.post("/v1/reload", token=ROOT)[0], 200)
        secret = self.create("chief", "--role", "chief")
        self.create("weaker", "--role", "operator", token=secret)
        stronger = self.lamplighter("token", "create", "stronger", "--role", "administrator", token=secret)
        self.assertEqual(stronger.returncode, 1)
        self.assertIn("which you do not", stronger.stderr)
        status, _, answer = self.daemon.post("/v1/tokens", {"name": "x", "role": "administrator"}, secret)
        self.assertEqual(status, 403)
        self.assertIn(answer["missing"], self.daemon.get("/v1/whoami", ROOT)[2]["permissions"])
        self.assertEqual(sorted(row["name"] for row in self.rows()), ["chief", "root", "weaker"])

    def test_limits(self):
        people = list(csv.DictReader(self.sim.people_csv.read_text().splitlines()))
        mine = people[0]
        self.assertTrue(self.daemon.ready())
        secret = self.create("mine", "--role", "operator", "--lines", mine["lines"].split()[0])
        items = self.daemon.get("/v1/presence", secret)[2]["items"]
        self.assertEqual([item["id"] for item in items], [mine["id"]])
        other = people[1]["id"]
        for path in (f"/v1/presence/{other}", f"/v1/presence/{other}/why", f"/v1/forwarding/{other}",
                     f"/v1/events?person={other}"):
            self.assertEqual(self.daemon.get(path, secret)[0], 404, path)
        self.assertEqual(self.daemon.post("/v1/dial", {"person": other, "to": "2000"}, secret)[0], 404)

        # Calls: only those of the line.
        for person in people[:2]:
            self.assertEqual(self.daemon.post("/v1/dial", {"person": person["id"], "to": "+31201234567"}, ROOT)[0], 202)
        active = lambda token: self.daemon.get("/v1/calls/active", token)[2]["items"]
        self.assertTrue(within(10, lambda: len(active(ROOT)) == 2), active(ROOT))
        self.assertEqual([call["person"] for call in active(secret)], [mine["id"]])
        calls = {call["person"]: call["id"] for call in active(ROOT)}
        self.assertEqual(self.daemon.post(f"/v1/calls/{calls[other]}/hangup", {}, secret)[0], 404)
        self.assertEqual(self.daemon.post(f"/v1/calls/{calls[mine['id']]}/hangup", {}, secret)[0], 202)
        self.assertEqual(self.daemon.post(f"/v1/calls/{calls[other]}/hangup", {}, ROOT)[0], 202)
        history = lambda token: self.daemon.get("/v1/calls", token)[2]["items"]
        self.assertTrue(within(15, lambda: len(history(ROOT)) == 2), history(ROOT))
        self.assertEqual([call["person"] for call in history(secret)], [mine["id"]])
        stats = self.daemon.get("/v1/stats?by=person", secret)[2]["items"]
        self.assertEqual([row["key"] for row in stats], [mine["id"]])

    def test_expiry_of_the_configuration(self):
        yesterday = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).date().isoformat()
        table = f'[[token]]\nname = "old"\nsecret = "an old secret"\nrole = "viewer"\nexpires = "{yesterday}"\n'
        self.daemon.config.write_text(self.daemon.text + table)
        self.assertEqual(self.daemon.post("/v1/reload", token=ROOT)[0], 200)
        status, headers, problem = self.daemon.get("/v1/presence", "an old secret")
        self.assertEqual(status, 401)
        self.assertIn("expired", problem["detail"])
        self.assertTrue(headers["WWW-Authenticate"].startswith("Bearer"))
        wrong = table.replace(yesterday, "soon").replace("an old secret", "sha256:12")
        self.daemon.config.write_text(self.daemon.text + wrong)
        checked = self.daemon.lamplighter("check", "--config", self.daemon.config)
        self.assertEqual(checked.returncode, 78)
        self.assertIn("expires", checked.stdout)
        self.assertIn("secret: is no hash", checked.stdout)

    def test_who_guesses(self):
        status, tried = 401, 0
        while status == 401 and tried < 100:
            status, headers, problem = self.daemon.get("/v1/presence", f"wrong {tried}")
            tried += 1
        self.assertEqual(status, 429)
        self.assertGreater(tried, 20)
        self.assertGreater(int(headers["Retry-After"]), 0)
        self.assertEqual(problem["status"], 429)
        self.assertEqual(self.daemon.post("/v1/tokens/enrol", {"ticket": "a guess"})[0], 429, "tickets are guessed no better")
        self.assertEqual(self.daemon.get("/v1/presence", ROOT)[0], 200)
        self.assertEqual(self.daemon.log().count("somebody tries tokens"), 1)
        self.assertNotIn("wrong", self.daemon.log())
        metrics = self.daemon.get("/metrics", ROOT)[2].decode()
        self.assertIn('lamplighter_http_tokens_refused_total{reason="guessing"}', metrics)

    def test_the_audit(self):
        self.create("crm", "--role", "viewer", "--folders", "Sales,Support")
        self.lamplighter("token", "revoke", "crm")
        self.daemon.config.write_text(self.daemon.text.replace("[http]\n", '[http]\nanonymous_role = "viewer"\n'))
        self.assertEqual(self.daemon.post("/v1/reload", token=ROOT)[0], 200)
        self.daemon.config.write_text("[http]\nsing = 1\n")
        self.assertEqual(self.daemon.post("/v1/reload", token=ROOT)[0], 422)
        audit = lambda: self.daemon.get("/v1/audit", ROOT)[2]["items"]
        rows = lambda: [(row["what"], row["who"], row["subject"]) for row in audit()]
        wanted = [("reload_refused", "root", "configuration"), ("reloaded", "root", "configuration"),
                  ("token_revoked", "root", "crm"), ("token_created", "root", "crm")]
        self.assertTrue(within(5, lambda: rows()[:4] == wanted), rows())
        items = audit()
        self.assertEqual(items[3]["after"], "role viewer, sees folders Sales, Support")
        self.assertEqual(items[2]["before"], items[3]["after"])
        self.assertEqual(items[1]["after"], '[http] anonymous_role = "viewer"')
        listed = self.lamplighter("audit")
        self.assertIn("token_revoked", listed.stdout)
        self.assertEqual(self.daemon.get("/v1/audit")[0], 403)


class Authority:
    """Keys and certificates in a folder of their own."""

    KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.openssl("req", "-x509", *self.KEY, "-days", "2", "-subj", f"/CN={name}", "-keyout", self.file("key"),
                     "-out", self.file("pem"))

    def file(self, kind, name=""):
        return self.folder / f"{self.name}{name}.{kind}"

    @staticmethod
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    def issue(self, name, days="2", alternative=""):
        """(certificate, key) of a client."""
        chain, key, wish = (self.file(kind, "-" + name) for kind in ("pem", "key", "csr"))
        more = ["-addext", f"subjectAltName={alternative}"] if alternative else []
        self.openssl("req", *self.KEY, "-subj", f"/CN={name}", *more, "-keyout", key, "-out", wish)
        self.openssl("x509", "-req", "-in", wish, "-CA", self.file("pem"), "-CAkey", self.file("key"), "-CAcreateserial",
                     "-copy_extensions", "copy", "-days", days, "-out", chain)
        return chain, key


class SecureDaemon(Daemon):
    """Speaks TLS; `shown` is the certificate that a request shows."""

    def __init__(self, simulator, http_keys, extra):
        self.http_keys = http_keys
        super().__init__(simulator, extra=extra)

    def start(self):
        self.config.write_text(self.text.replace('anonymous_role = "administrator"\n', self.http_keys))
        super().start()

    def ask(self, target, shown=None, token=None):
        context = ssl.create_default_context(cafile=None)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if shown:
            context.load_cert_chain(*shown)
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)
        try:
            connection.request("GET", target, headers={"Authorization": "Bearer " + token} if token else {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()


class Certificates(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-ca-"))
        self.ours = Authority(self.folder, "ours")
        self.theirs = Authority(self.folder, "theirs")
        chain, key = self.ours.issue("lamps.example.net")
        keys = f'certificate = "{chain}"\nkey = "{key}"\nclient_ca = "{self.ours.file("pem")}"\n'
        tables = """
[[token]]
name = "wallboard"
certificate = "wallboard.example.net"
role = "viewer"
[[token]]
name = "crm"
certificate = "crm@example.net"
role = "operator"
[[token]]
name = "root"
secret = "a root secret of some length"
role = "administrator"
"""
        self.sim = Simulator("--people", "2")
        self.daemon = SecureDaemon(self.sim, keys, tables)

    def tearDown(self):
        self.daemon.close()
        self.sim.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def who(self, *arguments):
        status, answer = self.daemon.ask("/v1/whoami", *arguments)
        return answer["token"] if status == 200 else status

    def test_who_shows_which(self):
        board = self.ours.issue("wallboard.example.net")
        self.assertEqual(self.who(board), "wallboard")
        self.assertEqual(self.daemon.ask("/v1/presence", board)[0], 200)
        self.assertEqual(self.daemon.ask("/v1/tokens", board)[0], 403)
        crm = self.ours.issue("some machine", alternative="email:crm@example.net,DNS:m.example.net")
        self.assertEqual(self.who(crm), "crm")
        self.assertEqual(self.who(self.ours.issue("stranger")), 401)
        self.assertEqual(self.who(None), 401)
        self.assertEqual(self.who(None, ROOT), "root")
        self.assertEqual(self.who(board, ROOT), "root")  # what the request says goes before what the connection shows

    def test_wrong_and_old_ones(self):
        refused = (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)
        with self.assertRaises(refused):
            self.who(self.theirs.issue("wallboard.example.net"))
        told = "a client's certificate is refused"
        self.assertTrue(within(5, lambda: told in self.daemon.log()), self.daemon.log())
        with self.assertRaises(refused):
            self.who(self.ours.issue("wallboard.example.net", days="-1"))
        self.assertEqual(self.daemon.log().count(told), 1)  # one line a minute
        status, _ = self.daemon.ask("/v1/status", self.ours.issue("wallboard.example.net"))
        self.assertEqual(status, 200)


def base64url(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else json.dumps(data).encode()).rstrip(b"=").decode()


class Key:
    """An RSA key of a provider; OpenSSL signs."""

    def __init__(self, folder, kid):
        self.kid, self.file = kid, folder / f"{kid}.key"
        subprocess.run(["openssl", "genrsa", "-out", self.file, "2048"], check=True, capture_output=True)
        told = subprocess.run(["openssl", "rsa", "-in", self.file, "-noout", "-modulus"], check=True,
                              capture_output=True, text=True).stdout
        self.modulus = bytes.fromhex(told.strip().split("=")[1])

    def jwk(self):
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": base64url(self.modulus), "e": "AQAB"}

    def token(self, claims):
        text = base64url({"alg": "RS256", "typ": "JWT", "kid": self.kid}) + "." + base64url(claims)
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.file], input=text.encode(), check=True,
                                   capture_output=True).stdout
        return text + "." + base64url(signature)


class Issuer:
    """A strict identity provider: discovery and keys, nothing else."""

    def __init__(self):
        issuer = self
        self.keys, self.faults, self.fetches = [], [], 0

        class Fake(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = issuer.answer(self.path)
                if body is None or self.headers.get("Authorization"):
                    issuer.faults.append(self.path)
                    return self.send_error(404)
                body = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake)
        self.name = f"http://127.0.0.1:{self.server.server_port}/realms/acme"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path):
        if path == "/realms/acme/.well-known/openid-configuration":
            return {"issuer": self.name, "jwks_uri": self.name + "/keys?all=1"}
        if path == "/realms/acme/keys?all=1":
            self.fetches += 1
            return {"keys": [key.jwk() for key in self.keys]}
        return None

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Provider(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-idp-"))
        self.issuer = Issuer()
        self.first = Key(self.folder, "first")
        self.issuer.keys = [self.first]
        self.sim = Simulator("--people", "2")
        self.daemon = Daemon(self.sim, extra=f"""
[oidc]
issuer = "{self.issuer.name}"
audience = "lamplighter"
role_claim = "groups"
roles = {{ "desk" = "operator", "boss" = "administrator" }}
person_claim = "email"
""")

    def tearDown(self):
        self.daemon.close()
        self.sim.close()
        self.issuer.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def claims(self, **others):
        now = int(time.time())
        return {"iss": self.issuer.name, "aud": "lamplighter", "sub": "u-1", "exp": now + 300, "groups": ["desk"],
                "email": "alice@example.net", **others}

    def who(self, token):
        return self.daemon.get("/v1/whoami", token)

    def test_tokens_of_the_provider(self):
        good = self.first.token(self.claims())
        self.assertTrue(within(10, lambda: self.who(good)[0] == 200), self.who(good))
        told = self.who(good)[2]
        self.assertEqual((told["token"], told["role"], told["person"]), ("u-1", "operator", "alice@example.net"))
        self.assertEqual(self.who(self.first.token(self.claims(groups=["cook", "boss"])))[2]["role"], "administrator")
        self.assertEqual(self.daemon.get("/v1/presence", self.first.token(self.claims(groups=["cook"])))[0], 403)
        now = int(time.time())
        for wrong, why in (({"iss": "https://elsewhere.example"}, "issuer"), ({"aud": "other"}, "audience"),
                           ({"exp": now - 61}, "expired"), ({"nbf": now + 120}, "not valid yet")):
            status, headers, problem = self.who(self.first.token(self.claims(**wrong)))
            self.assertEqual(status, 401, wrong)
            self.assertIn(why, problem["detail"])
            self.assertTrue(headers["WWW-Authenticate"].startswith("Bearer"))
        body = good.split(".")[1]
        none = base64url({"alg": "none"}) + "." + body + "."
        self.assertEqual(self.who(none)[0], 401)
        self.assertEqual(self.who(good[:-8] + ("A" * 8 if not good.endswith("A" * 8) else "B" * 8))[0], 401)

        # The provider changes its key: the new one is fetched because somebody comes with it, the old one is over.
        second = Key(self.folder, "second")
        self.issuer.keys = [second]
        fresh = second.token(self.claims())
        self.assertTrue(within(15, lambda: self.who(fresh)[0] == 200), self.who(fresh))
        old = self.first.token(self.claims(sub="u-2"))
        self.assertTrue(within(30, lambda: self.who(old)[0] == 401), self.who(old))
        fetched = self.issuer.fetches
        stranger = Key(self.folder, "stranger").token(self.claims())
        for _ in range(5):
            self.assertIn(self.who(stranger)[0], (401, 429, 503))
        self.assertLessEqual(self.issuer.fetches, fetched + 1)  # nobody makes us hammer the provider
        self.assertEqual(self.issuer.faults, [])


if __name__ == "__main__":
    unittest.main()
