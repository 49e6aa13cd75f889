// An application that proves itself with a certificate.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { graph } from "./demo.mjs";

/** Key and certificate as PEM text, and the client id of a new application with it. */
export async function registeredCertificate() {
  const folder = mkdtempSync(join(import.meta.dirname, "out", "certificate-"));
  const [keyFile, certificateFile] = ["key.pem", "certificate.pem"].map((name) => join(folder, name));
  const options = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=End-to-end test", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", ...options, "-keyout", keyFile, "-out", certificateFile], { stdio: "pipe" });
  const [key, certificate] = [keyFile, certificateFile].map((file) => readFileSync(file, "utf8"));
  rmSync(folder, { recursive: true });
  const der = certificate.replace(/-----[^-]+-----|\s/g, "");
  const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: der }];
  const { appId } = await graph("POST", "applications", { displayName: "With a certificate", keyCredentials });
  return { key, certificate, clientId: appId };
}
