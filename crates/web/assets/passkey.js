// Asks the browser for a passkey and posts its answer with the form. The form is shown only where that can work.
"use strict";

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const words = (text) => text.split(" ").filter((word) => word !== "");

const credentials = (ids) => words(ids).map((id) => ({ type: "public-key", id: decode(id) }));

const prove = async (data) => {
  const { rawId, response } = await navigator.credentials.get({
    publicKey: {
      rpId: data.rpId,
      challenge: decode(data.challenge),
      allowCredentials: credentials(data.credentials),
      userVerification: "required",
    },
  });
  return {
    credentialId: encode(rawId),
    clientDataJSON: encode(response.clientDataJSON),
    authenticatorData: encode(response.authenticatorData),
    signature: encode(response.signature),
    userHandle: response.userHandle ? encode(response.userHandle) : "",
  };
};

const create = async (data) => {
  const { response } = await navigator.credentials.create({
    publicKey: {
      rp: { id: data.rpId, name: data.rpName },
      user: { id: decode(data.userHandle), name: data.userName, displayName: data.displayName },
      challenge: decode(data.challenge),
      pubKeyCredParams: words(data.algorithms).map((number) => ({ type: "public-key", alg: Number(number) })),
      excludeCredentials: credentials(data.credentials),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
    },
  });
  return { clientDataJSON: encode(response.clientDataJSON), attestationObject: encode(response.attestationObject) };
};

const explain = (error) => {
  switch (error.name) {
    case "InvalidStateError":
      return "This device or key holds a passkey for your account already.";
    case "NotAllowedError":
      return "That was cancelled, or took too long. Try again.";
    default:
      return "The passkey could not be used here. Try again, or use another way.";
  }
};

const usable = "PublicKeyCredential" in window;

for (const warning of document.querySelectorAll("[data-no-passkey]")) {
  warning.hidden = usable;
}

for (const form of usable ? document.querySelectorAll("form[data-passkey]") : []) {
  const button = form.querySelector("button");
  const problem = form.querySelector(".problem");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      const answer = await (form.dataset.passkey === "create" ? create : prove)(form.dataset);
      for (const [name, value] of Object.entries(answer)) {
        form.elements[name].value = value;
      }
      // Posts without asking this listener again.
      form.submit();
    } catch (error) {
      problem.textContent = explain(error);
      problem.hidden = false;
      button.disabled = false;
    }
  });
}
