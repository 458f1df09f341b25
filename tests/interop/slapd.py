"""OpenLDAP's slapd on a free port, with a folder, a database and certificates of its own. Standard library only."""
import base64
import pathlib
import shutil
import subprocess
import tempfile
import time

from house import program
from ports import free_port

BASE = "dc=example,dc=net"
LOGIN, PASSWORD = f"cn=lamplighter,{BASE}", "s\u00e9cret:1"
ROOT, ROOT_PASSWORD = f"cn=root,{BASE}", "root-of-all"
# A little of what Active Directory has, under numbers of nobody's.
DIRECTORY_SCHEMA = """
attributetype ( 1.3.6.1.4.1.99999.1.1 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.2 NAME 'uSNChanged' EQUALITY integerMatch ORDERING integerOrderingMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.3 NAME 'ipPhone' EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.99999.1.4 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.5 NAME 'supportedCapabilities' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.99999.1.6 NAME 'highestCommittedUSN' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.99999.1.7 NAME 'dnsHostName' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.99999.2.1 NAME 'adUser' SUP top AUXILIARY
  MAY ( objectGUID $ uSNChanged $ ipPhone $ userAccountControl $ supportedCapabilities $ highestCommittedUSN $
  dnsHostName ) )
"""


def openssl(*words):
    done = subprocess.run([program("openssl"), *map(str, words)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def certificates(folder):
    """ca.pem, and server.pem with server.key for directory.test and 127.0.0.1."""
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test CA", "-keyout", folder / "ca.key",
            "-out", folder / "ca.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=directory.test", "-keyout", folder / "server.key", "-out",
            folder / "server.csr")
    (folder / "ext").write_text("subjectAltName=DNS:directory.test,IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", folder / "ext", "-out", folder / "server.pem")


def person(uid, *lines, name=None, number=None, also=None):
    attributes = list(lines)
    if number:
        attributes.append(f"telephoneNumber: {number}")
    cn = name or f"Person {uid}"
    return "\n".join([f"dn: uid={uid},ou=people,{BASE}", "objectClass: inetOrgPerson", *([f"objectClass: {also}"] if also else []),
                      f"uid: {uid}", f"cn: {cn}",
                      f"sn: {cn.split()[-1]}", *attributes, ""])


class Slapd:
    """`settings` stand in the database's section; `people` are LDIF texts, loaded before the start."""

    def __init__(self, people=(), settings="", before="", root_dse=None, tls=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-slapd-"))
        self.port, self.tls_port = free_port(), free_port()
        self.process = None
        self.tls = tls
        (self.folder / "data").mkdir()
        lines = [f"include /etc/ldap/schema/{name}.schema" for name in ("core", "cosine", "inetorgperson")]
        (self.folder / "ad.schema").write_text(DIRECTORY_SCHEMA)
        lines += [f"include {self.folder}/ad.schema", f"pidfile {self.folder}/pid", "modulepath /usr/lib/ldap", "moduleload back_mdb", before]
        if tls:
            certificates(self.folder)
            lines += [f"TLSCACertificateFile {self.folder}/ca.pem", f"TLSCertificateFile {self.folder}/server.pem",
                      f"TLSCertificateKeyFile {self.folder}/server.key"]
        if root_dse:
            (self.folder / "root.ldif").write_text(root_dse)
            lines += [f"rootDSE {self.folder}/root.ldif"]
        lines += ["database mdb", f"suffix {BASE}", f"rootdn {ROOT}", f"rootpw {ROOT_PASSWORD}", f"directory {self.folder}/data",
                  "maxsize 1073741824", "dbnosync", "index objectClass,entryUUID eq", "index modifyTimestamp eq", settings]
        (self.folder / "slapd.conf").write_text("\n".join(line for line in lines if line) + "\n")
        self.load([f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n",
                   f"dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n",
                   f"dn: {LOGIN}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: lamplighter\n"
                   f"userPassword:: {base64.b64encode(PASSWORD.encode()).decode()}\n", *people])
        self.start()

    @property
    def url(self):
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self):
        return f"ldaps://127.0.0.1:{self.tls_port}"

    def load(self, entries):
        done = subprocess.run([program("slapadd"), "-q", "-f", self.folder / "slapd.conf"], input="\n".join(entries).encode(),
                              capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr.decode()[-2000:]

    def start(self):
        urls = f"ldap://127.0.0.1:{self.port}/" + (f" ldaps://127.0.0.1:{self.tls_port}/" if self.tls else "")
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen([program("slapd"), "-f", self.folder / "slapd.conf", "-h", urls, "-d", "0"], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while self.tool("ldapwhoami").returncode == 255:  # nobody there; a refusal is an answer
            assert self.process.poll() is None and time.monotonic() < deadline, "slapd does not start:\n" + self.log()
            time.sleep(0.05)

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def close(self):
        if self.process and self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tool(self, name, *words, text=""):
        return subprocess.run([program(name), "-x", "-H", f"ldap://127.0.0.1:{self.port}", "-D", ROOT, "-w", ROOT_PASSWORD, *words],
                              input=text, capture_output=True, text=True, timeout=60)

    def modify(self, text):
        done = self.tool("ldapmodify", text=text)
        assert done.returncode == 0, done.stderr

    def set(self, uid, attribute, value):
        self.modify(f"dn: uid={uid},ou=people,{BASE}\nchangetype: modify\nreplace: {attribute}\n" +
                    (f"{attribute}: {value}\n" if value else ""))
