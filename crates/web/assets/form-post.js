// Sends the answer of a `response_mode=form_post` request on. Without script the person presses the button.
"use strict";

document.getElementById("answer").submit();
