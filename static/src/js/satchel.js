// Every page works without these; they only make it kinder.
import "htmx.org";
import "./arrange.js";
import "./autosave.js";
import "./composer.js";
import "./copy.js";
import "./dialog.js";
import "./filedrop.js";
import "./flashes.js";
import "./menu.js";
import "./paper.js";
import "./passkeys.js";
import "./places.js";
import "./theme.js";
import "./tree.js";
import "./whose.js";
import "./zone.js";
