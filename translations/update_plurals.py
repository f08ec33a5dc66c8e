#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renews dispersa_en.ts: collects every text with %n and writes its English singular and plural.

Run from the root of the repository. "(s)" becomes "" or "s"; texts where more changes stand in SPECIAL.
"""
import re
import subprocess

FILE = "translations/dispersa_en.ts"
LUPDATE = "/usr/lib/qt6/bin/lupdate"
SPECIAL = {
    "%n scan(s) train": ("%n scan trains", "%n scans train"),
    "%n scan(s) do not tell their scan shape. &lt;a href=&quot;%1&quot;&gt;Set the shape of %1…&lt;/a&gt;": (
        "%n scan does not tell its scan shape. &lt;a href=&quot;%1&quot;&gt;Set the shape of %1…&lt;/a&gt;",
        "%n scans do not tell their scan shape. &lt;a href=&quot;%1&quot;&gt;Set the shape of %1…&lt;/a&gt;"),
    "%n are predicted": ("%n is predicted", "%n are predicted"),
    "%n task(s) are still running.": ("%n task is still running.", "%n tasks are still running."),
}


def filled(message):
    source = re.search(r"<source>(.*?)</source>", message.group(0), re.S).group(1)
    one, many = SPECIAL.get(source, (source.replace("(s)", ""), source.replace("(s)", "s")))
    forms = f"<translation>\n            <numerusform>{one}</numerusform>\n            <numerusform>{many}</numerusform>\n        </translation>"
    return re.sub(r"<translation.*?</translation>", forms, message.group(0), flags=re.S)


subprocess.run([LUPDATE, "-pluralonly", "-no-obsolete", "-locations", "none", "-I", ".", "app", "widgets",
                "-source-language", "en_US", "-target-language", "en_US", "-ts", FILE], check=True)
with open(FILE, encoding="utf-8") as file:
    text = file.read()
with open(FILE, "w", encoding="utf-8") as file:
    file.write(re.sub(r'<message numerus="yes">.*?</message>', filled, text, flags=re.S))
