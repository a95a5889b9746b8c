#!/usr/bin/env bash
# email-reply-parser 2.3.7 (npm, by Crisp): a sentence that begins with "Sent from" ends the mail.
#
# Phones sign with "Sent from my …", and the parser cuts there. It also cuts where a customer's own line begins so: what
# they say about a parcel that was sent from somewhere, and everything behind it, is not in the visible text. In an
# after-sales desk such lines are common. Nothing says that words were left out.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund email-reply-parser@2.3.7
cat > try.mjs <<'JS'
import assert from "node:assert";
import Parser from "email-reply-parser";

const EmailReplyParser = Parser.default ?? Parser;
const mail = [
  "Hello,",
  "Sent from your shop on Monday, order 1001 is still not here.",
  "Please send it again, or give my money back.",
].join("\n");
const visible = new EmailReplyParser().read(mail).getVisibleText().trim();
console.log(`of ${mail.length} characters ${visible.length} are left: ${JSON.stringify(visible)}`);
assert.equal(visible, "Hello,", "what was seen has changed");
JS
node try.mjs
