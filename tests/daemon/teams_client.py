"""The Bot Connector and a Teams client as strict fakes: what the real ones sign, post and refuse to show."""
import json
import time
import urllib.parse

from test_access import Issuer

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
CHANNEL_URL = "https://smba.trafficmanager.net/emea/"


class Connector(Issuer):
    """Metadata and keys as the Bot Connector has them: an issuer that is no address of its own, keys with endorsements."""
    ISSUER = "https://api.botframework.com"

    def __init__(self):
        super().__init__()
        self.endorsements = {}
        self.metadata = f"http://127.0.0.1:{self.server.server_port}/v1/.well-known/openidconfiguration"

    def answer(self, path):
        if path == "/v1/.well-known/openidconfiguration":
            return {"issuer": self.ISSUER, "authorization_endpoint": "https://invalid.botframework.com",
                    "jwks_uri": self.metadata.replace("openidconfiguration", "keys"),
                    "id_token_signing_alg_values_supported": ["RS256"]}
        if path == "/v1/.well-known/keys":
            self.fetches += 1
            return {"keys": [{**key.jwk(), "x5t": key.kid, "endorsements": self.endorsements.get(key.kid, ["msteams", "webchat"])}
                             for key in self.keys]}
        return None

    def claims(self, bot, **others):
        """The Bot Connector says no `sub`, and its clock may be minutes off."""
        now = int(time.time())
        claims = {"serviceurl": CHANNEL_URL, "nbf": now - 60, "exp": now + 3600, "iss": self.ISSUER, "aud": bot, **others}
        return {name: value for name, value in claims.items() if value is not None}


class TeamsClient:
    """Somebody in Teams. What Teams would not show is an error here."""

    def __init__(self, daemon, tenant, token, account, locale="en-US"):
        self.daemon, self.tenant, self.token, self.account, self.locale = daemon, tenant, token, account, locale
        self.count = 0

    def activity(self, name, value, **others):
        self.count += 1
        return {"type": "invoke", "name": name, "id": f"f:{self.account}:{self.count}", "channelId": "msteams",
                "serviceUrl": CHANNEL_URL, "locale": self.locale,
                "from": {"id": "29:1a2b", "name": "Somebody", "aadObjectId": self.account},
                "conversation": {"id": "19:c", "conversationType": "personal", "tenantId": self.tenant},
                "recipient": {"id": "28:bot"}, "channelData": {"tenant": {"id": self.tenant}}, "value": value, **others}

    def post(self, activity, token=None):
        """Status and answer, which Teams does not wait for longer than five seconds."""
        begun = time.monotonic()
        status, headers, answer = self.daemon.get("/hooks/teams/messages", self.token if token is None else token, "POST",
                                                  activity)
        assert time.monotonic() - begun < 5, "Teams has given up"
        return status, answer

    def invoke(self, name, value):
        status, answer = self.post(self.activity(name, value))
        assert status == 200, (status, answer)
        return answer

    def query(self, words=None, skip=0):
        parameters = [{"name": "words", "value": words}] if words else [{"name": "initialRun", "value": "true"}]
        shown = self.invoke("composeExtension/query", {"commandId": "search", "parameters": parameters,
                                                       "queryOptions": {"skip": skip, "count": 25}})["composeExtension"]
        if shown["type"] == "message":
            return shown["text"]
        assert (shown["type"], shown["attachmentLayout"]) == ("result", "list"), shown
        assert len(shown["attachments"]) <= 25
        return [self.card(one) for one in shown["attachments"]]

    def card(self, attachment):
        assert attachment["contentType"] == ADAPTIVE
        content, preview = attachment["content"], attachment["preview"]
        assert (content["type"], content["version"]) == ("AdaptiveCard", "1.4")
        assert len(json.dumps(attachment)) < 28 * 1024, "Teams takes no card of that size"
        assert len(content["actions"]) <= 6, "Teams shows six buttons"
        for action in content["actions"]:
            assert action["title"], action
            if action["type"] == "Action.Execute":
                assert action["verb"] and isinstance(action["data"], dict)
                action = action["fallback"]
            assert action["type"] == "Action.OpenUrl" and urllib.parse.urlsplit(action["url"]).netloc, action
        for block in content["body"]:
            assert block["type"] == "RichTextBlock", "the text of anything else may be Markdown"
            assert all(run["type"] == "TextRun" and run["text"] for run in block["inlines"])
        assert preview["contentType"] == "application/vnd.microsoft.card.thumbnail" and preview["content"]["title"]
        return content

    def press(self, button):
        """What a button of a card has come to, in words."""
        assert button["type"] == "Action.Execute"
        answer = self.invoke("adaptiveCard/action", {"action": {"type": "Action.Execute", "verb": button["verb"],
                                                                "data": button["data"]}, "trigger": "manual"})
        assert set(answer) == {"statusCode", "type", "value"}, answer
        assert (answer["statusCode"], answer["type"]) == (200, "application/vnd.microsoft.activity.message"), answer
        return answer["value"]
