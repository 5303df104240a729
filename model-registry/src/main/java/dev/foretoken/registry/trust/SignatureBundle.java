package dev.foretoken.registry.trust;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Quoted;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Sigstore bundle 0.3 with a DSSE envelope, as JSON.
 *
 * @param hint the signing key's {@link PublicHalf#id}; empty in bundles of tools that do not write it
 * @param payload the statement's bytes, exactly those that were signed
 */
record SignatureBundle(String hint, byte[] payload, byte[] signature) {

    /** Also the artifact type of a signature that is attached to a variant in an OCI registry. */
    static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
    private static final String WHAT = "the signature";
    private static final String MATERIAL = "verificationMaterial";
    private static final String ENVELOPE = "dsseEnvelope";

    /** Bytes to sign: DSSE's pre-authentication encoding, in which the type and the lengths are signed as well. */
    static byte[] toBeSigned(byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String head = "DSSEv1 %d %s %d ".formatted(PAYLOAD_TYPE.length(), PAYLOAD_TYPE, payload.length);
        out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(payload);
        return out.toByteArray();
    }

    byte[] bytes() {
        Base64.Encoder base64 = Base64.getEncoder();
        Map<String, Object> material = new LinkedHashMap<>();
        material.put("publicKey", Map.of("hint", hint));
        material.put("tlogEntries", List.of());
        Map<String, Object> signed = new LinkedHashMap<>();
        signed.put("sig", base64.encodeToString(signature));
        signed.put("keyid", "");
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("payload", base64.encodeToString(payload));
        envelope.put("payloadType", PAYLOAD_TYPE);
        envelope.put("signatures", List.of(signed));
        Map<String, Object> bundle = new LinkedHashMap<>();
        bundle.put("mediaType", MEDIA_TYPE);
        bundle.put(MATERIAL, material);
        bundle.put(ENVELOPE, envelope);
        return SignatureJson.bytes(bundle);
    }

    /** @throws ForetokenException SIGNATURE_REFUSED for anything but one signature by a key, without a transparency log */
    static SignatureBundle parse(byte[] document) {
        JsonNode root = SignatureJson.object(WHAT, document);
        SignatureJson.requireOnly(WHAT, root, Set.of("mediaType", MATERIAL, ENVELOPE));
        SignatureJson.requireText(WHAT, root, MEDIA_TYPE, "mediaType");
        JsonNode envelope = SignatureJson.at(WHAT, root, ENVELOPE);
        SignatureJson.requireOnly(WHAT, envelope, Set.of("payload", "payloadType", "signatures"));
        SignatureJson.requireText(WHAT, envelope, PAYLOAD_TYPE, "payloadType");
        JsonNode signatures = SignatureJson.at(WHAT, envelope, "signatures");
        if (!signatures.isArray() || signatures.size() != 1) {
            throw SignatureJson.refused(WHAT + " must have exactly one entry in dsseEnvelope.signatures");
        }
        SignatureJson.requireOnly(WHAT, signatures.get(0), Set.of("sig", "keyid"));
        String hint = hint(SignatureJson.at(WHAT, root, MATERIAL));
        String keyId = signatures.get(0).path("keyid").asText("");
        if (!keyId.isEmpty() && !keyId.equals(hint)) {
            throw SignatureJson.refused(WHAT + " names two keys, " + Quoted.of(hint) + " and " + Quoted.of(keyId));
        }
        return new SignatureBundle(
                hint,
                SignatureJson.base64(WHAT, envelope, "payload"),
                SignatureJson.base64(WHAT, signatures.get(0), "sig"));
    }

    private static String hint(JsonNode material) {
        if (material.has("certificate") || material.has("x509CertificateChain")) {
            throw SignatureJson.refused(
                    WHAT + " was made with a certificate, only signatures by a plain key are checked");
        }
        SignatureJson.requireOnly(WHAT, material, Set.of("publicKey", "tlogEntries", "timestampVerificationData"));
        JsonNode key = SignatureJson.at(WHAT, material, "publicKey");
        SignatureJson.requireOnly(WHAT, key, Set.of("hint", "rawBytes", "keyDetails"));
        return key.path("hint").asText("");
    }
}
