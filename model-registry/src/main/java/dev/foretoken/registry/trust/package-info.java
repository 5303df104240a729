/**
 * Owns detached signatures of variants: keys, the signed statement, its bundle, and the policy that says what an unsigned variant may do.
 * The format is OpenSSF Model Signing 1.0: a Sigstore bundle with a DSSE envelope around an in-toto statement.
 *
 * <p>Does not know certificates, transparency logs or revocation: a key is trusted because its file is in the folder of trusted keys. Does
 * not read blobs by itself and does not store signatures. Entry types: {@link dev.foretoken.registry.trust.TrustCheck} and {@link
 * dev.foretoken.registry.trust.ModelSigner}. Called by any thread that imports, signs or loads.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.trust;
