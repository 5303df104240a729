package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;

/**
 * How a key signs. The key alone decides it: a bundle cannot ask for another algorithm. An ECDSA key's curve fixes its hash, as the Sigstore
 * bundle format demands.
 */
public enum KeyAlgorithm {
    ED25519("Ed25519", "Ed25519", "Ed25519"),
    ECDSA_P256("EC", "secp256r1", "SHA256withECDSA"),
    /** Not made here, but common in bundles of other tools. */
    ECDSA_P384("EC", "secp384r1", "SHA384withECDSA"),
    ;

    private final String family;
    private final String curve;
    private final String signature;

    KeyAlgorithm(String family, String curve, String signature) {
        this.family = family;
        this.curve = curve;
        this.signature = signature;
    }

    /**
     * The algorithm of {@code key}.
     *
     * @throws ForetokenException CONFIG_INVALID for any other kind of key or curve
     */
    static KeyAlgorithm of(PublicKey key) {
        if (key instanceof EdECPublicKey edwards
                && edwards.getParams().getName().equals(ED25519.curve)) {
            return ED25519;
        }
        if (key instanceof ECPublicKey point) {
            for (KeyAlgorithm candidate : new KeyAlgorithm[] {ECDSA_P256, ECDSA_P384}) {
                if (candidate.hasCurve(point.getParams())) {
                    return candidate;
                }
            }
        }
        throw new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "the key is of another kind (" + key.getAlgorithm() + "), use Ed25519, ECDSA P-256 or ECDSA P-384");
    }

    /** The JDK's name for the family of keys. */
    String family() {
        return family;
    }

    /** The JDK's name for the signature. */
    String signature() {
        return signature;
    }

    KeyPairGenerator generator() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(family);
        AlgorithmParameterSpec spec = this == ED25519 ? NamedParameterSpec.ED25519 : new ECGenParameterSpec(curve);
        generator.initialize(spec);
        return generator;
    }

    private boolean hasCurve(ECParameterSpec found) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance(family);
            parameters.init(new ECGenParameterSpec(curve));
            ECParameterSpec own = parameters.getParameterSpec(ECParameterSpec.class);
            return own.getCurve().equals(found.getCurve())
                    && own.getGenerator().equals(found.getGenerator())
                    && own.getOrder().equals(found.getOrder())
                    && own.getCofactor() == found.getCofactor();
        } catch (GeneralSecurityException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "this Java has no curve " + curve, e);
        }
    }
}
