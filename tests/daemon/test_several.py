"""Several targets at once, as the platform shows them to whoever asks it: together, one after the other, the first alone."""
import base64
import unittest
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml

from office import within
from test_calendars import Google

XSI = "{http://schema.broadsoft.com/xsi}"


class Several(Google):
    several = "simultaneous"

    def calendars(self):
        return f'[forwarding]\nseveral = "{self.several}"\n' + super().calendars()

    # --- Xsi-Actions, beside the daemon
    def actions(self, service, body=None):
        announced = self.sim.announced
        login = f'{announced["login"]}:{announced["password"]}'
        address = f'{announced["xsp"][0]}/com.broadsoft.xsi-actions/v2.0/user/{urllib.parse.quote(self.one)}/services/{service}'
        document = body and f'<{service} xmlns="http://schema.broadsoft.com/xsi">{body}</{service}>'.encode()
        request = urllib.request.Request(address, document, method="PUT" if body else "GET",
                                         headers={"Authorization": "Basic " + base64.b64encode(login.encode()).decode(),
                                                  "Content-Type": "application/xml; charset=UTF-8"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return None if body else xml.fromstring(answer.read())

    def simultaneous(self):
        """(active, numbers)"""
        said = self.actions("SimultaneousRingPersonal")
        return said.findtext(XSI + "active") == "true", sorted(one.text for one in said.iter(XSI + "address"))

    def sequential(self):
        """(names of active criteria, numbers in their order)"""
        said = self.actions("SequentialRing")
        active = [one.findtext(XSI + "criteriaName") for one in said.iter(XSI + "criteriaActivation")
                  if one.findtext(XSI + "active") == "true"]
        return active, [one.text for one in said.iter(XSI + "address")]

    def two_appointments(self):
        first = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        return first, self.add("2012", -30, 3600)

    def remove(self, *events):
        for event in events:
            self.sim.command("google/remove", calendar="reception@example.net", id=event)


class Together(Several):
    def test_a_ring_of_ones_own_comes_back(self):
        self.actions("SimultaneousRingPersonal", "<active>true</active><simRingLocations><simRingLocation><address>2014</address>"
                     "<answerConfirmationRequired>true</answerConfirmationRequired></simRingLocation></simRingLocations>")
        events = self.two_appointments()
        self.assertTrue(within(10, lambda: self.simultaneous() == (True, ["2011", "2012"])), self.simultaneous())
        self.assertTrue(within(10, lambda: not self.always(self.one)[0]))
        self.remove(*events)
        self.assertTrue(within(10, lambda: self.simultaneous() == (True, ["2014"])), self.simultaneous())
        self.assertTrue(self.is_as_before(self.one))
        said = self.actions("SimultaneousRingPersonal")
        self.assertEqual(said.find(f".//{XSI}answerConfirmationRequired").text, "true")

    def test_killed_while_they_ring(self):
        self.user_sets(self.one, False, "2007")
        events = self.two_appointments()
        self.assertTrue(within(10, lambda: self.simultaneous() == (True, ["2011", "2012"])), self.simultaneous())
        self.assertTrue(within(10, lambda: self.claims(self.one) == {"calendar": "in_force"}), self.ask(self.one))
        self.daemon.kill()
        self.remove(*events)
        self.restart()
        self.assertTrue(within(20, lambda: not self.simultaneous()[0]), self.ask(self.one))
        self.assertTrue(self.is_as_before(self.one, "2007"))


class InTurn(Several):
    several = "sequential"

    def setUp(self):
        super().setUp()
        self.actions("SequentialRing", "<location1><address>2014</address></location1><criteriaActivationList>"
                     "<criteriaActivation><criteriaName>family</criteriaName><active>false</active></criteriaActivation>"
                     "<criteriaActivation><criteriaName>work</criteriaName><active>false</active></criteriaActivation>"
                     "</criteriaActivationList>")

    def test_one_after_the_other(self):
        first, second = self.two_appointments()
        self.assertTrue(within(10, lambda: self.sequential() == (["family"], ["2011", "2012"])), (self.sequential(), self.ask(self.one)))
        self.assertTrue(within(10, lambda: not self.always(self.one)[0]))
        self.remove(first)
        self.assertTrue(self.goes_to(self.one, "2012"), self.ask(self.one))
        self.assertTrue(within(10, lambda: self.sequential() == ([], ["2014"])), self.sequential())
        self.remove(second)
        self.assertTrue(self.is_as_before(self.one))
        self.assertEqual(self.sequential(), ([], ["2014"]))

    def test_killed_meanwhile(self):
        events = self.two_appointments()
        self.assertTrue(within(10, lambda: self.sequential() == (["family"], ["2011", "2012"])), self.sequential())
        self.daemon.kill()
        self.remove(*events)
        self.restart()
        self.assertTrue(within(20, lambda: self.sequential() == ([], ["2014"])), self.ask(self.one))
        self.assertTrue(self.is_as_before(self.one))


class WithoutCriteria(Several):
    several = "sequential"

    def test_is_said_and_nothing_changes(self):
        events = self.two_appointments()
        self.assertTrue(within(10, lambda: "criterion" in (self.ask(self.one)["lines"][0]["trouble"] or "")), self.ask(self.one))
        self.remove(*events)
        self.assertTrue(self.is_as_before(self.one, seconds=20), self.ask(self.one))
        self.assertEqual(self.sequential()[0], [])


class First(Several):
    several = "first"

    def test_the_one_that_began_first(self):
        first, second = self.two_appointments()
        self.assertTrue(within(10, lambda: "2012" in self.known()))
        self.assertTrue(within(5, lambda: "comes first" in (self.known()["2012"]["reason"] or "")), self.known())
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.assertEqual((self.simultaneous()[0], self.sequential()[0]), (False, []))
        self.remove(first)
        self.assertTrue(self.goes_to(self.one, "2012"))
        self.remove(second)
        self.assertTrue(self.is_as_before(self.one))


if __name__ == "__main__":
    unittest.main()
