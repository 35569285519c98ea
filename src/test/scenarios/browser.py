#!/usr/bin/env python3
"""browser: a Chromium driven by chromedriver's own protocol (W3C WebDriver), as a page of postpage wants it. As a program: `browser.py ADDRESS FIELD=VALUE …`
fills the page's form in, sends it, and prints outcome and dialogue; `verify=no` is a box that is not ticked.
"""
import json, os, shutil, subprocess, sys, tempfile, time, urllib.error, urllib.request

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from until import within

class Browser:
    def __init__(self, W):
        self.at = "http://127.0.0.1:9515"
        self.driver = subprocess.Popen(["chromedriver", "--port=9515"], stdout=open(W + "/chromedriver", "w"), stderr=subprocess.STDOUT)
        if not within(60, self.up):
            self.driver.terminate()
            raise SystemExit("browser: chromedriver does not listen: " + open(W + "/chromedriver").read()[-500:])
        options = {"binary": shutil.which("chromium"), "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=" + W + "/chromium"]}
        self.session = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}})["sessionId"]

    def quit(self):
        """Chromium is chromedriver's to end, not ours."""
        try:
            self.ask("DELETE", "/session/" + self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()

    def up(self):
        try:
            return self.ask("GET", "/status")["ready"]
        except OSError:
            return False

    def ask(self, method, path, body=None):
        r = urllib.request.Request(self.at + path, method=method, data=None if body is None else json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        try:
            return json.load(urllib.request.urlopen(r, timeout=240))["value"]
        except urllib.error.HTTPError as e:
            raise SystemExit("browser: %s %s: %s" % (method, path, e.read().decode()[:500]))

    def do(self, method, path, body=None):
        return self.ask(method, "/session/" + self.session + path, body)

    def element(self, css):
        return list(self.do("POST", "/element", {"using": "css selector", "value": css}).values())[0]

    def fill(self, **fields):
        for name, value in fields.items():
            e = self.element("#" + name)
            if name == "tls":
                self.do("POST", "/element/%s/click" % self.element("#tls option[value=%s]" % value), {})
            elif name == "verify":
                if self.do("GET", "/element/%s/selected" % e) != value:
                    self.do("POST", "/element/%s/click" % e, {})
            else:
                self.do("POST", "/element/%s/clear" % e, {})
                self.do("POST", "/element/%s/value" % e, {"text": value})

    def send(self, **fields):
        """What the page says then: outcome and dialogue."""
        self.fill(**fields)
        self.script("window.before = true")
        self.do("POST", "/element/%s/click" % self.element("#send"), {})

        def there():
            try:
                return self.script("return !window.before && document.readyState == 'complete'")
            except SystemExit:      # the page that it was asked of went away
                return False
        within(60, there)
        return [self.do("GET", "/element/%s/text" % self.element(css)) for css in ("#outcome", "#dialogue")]

    def script(self, text):
        return self.do("POST", "/execute/sync", {"script": text, "args": []})

    def source(self):
        return self.do("GET", "/source")


def main():
    with tempfile.TemporaryDirectory(prefix="browser-", ignore_cleanup_errors=True) as work:
        browser = Browser(work)
        try:
            browser.do("POST", "/url", {"url": sys.argv[1]})
            fields = dict(word.split("=", 1) for word in sys.argv[2:])
            if "verify" in fields:
                fields["verify"] = fields["verify"] == "yes"
            print("\n".join(browser.send(**fields)))
        finally:
            browser.quit()


if __name__ == "__main__":
    main()
