package dev.foretoken.wire.tls;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.wire.tls.KeyPairFiles.KeyPair;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.lang.System.Logger;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What {@link TlsFiles} hold, ready for use. New connections use what the files held at the last {@link #refresh}; those that are open go on.
 */
public final class TlsMaterial {

    /** Older ones are broken. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    private static final Logger LOG = System.getLogger(TlsMaterial.class.getName());

    private final TlsFiles files;
    private final @Nullable KeyPairFiles identity;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trust;
    private byte @Nullable [] authoritiesRead;
    private @Nullable String problem;

    private TlsMaterial(TlsFiles files, InstantSource clock) throws GeneralSecurityException {
        this.files = files;
        this.identity =
                files.identity().map(own -> new KeyPairFiles(own, clock)).orElse(null);
        this.trust = AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
                .build();
    }

    /**
     * Reads the files.
     *
     * @param clock by which certificates are valid
     * @throws ForetokenException CONFIG_INVALID, naming the file and what is wrong with it
     */
    public static TlsMaterial read(TlsFiles files, InstantSource clock) {
        try {
            TlsMaterial material = new TlsMaterial(files, clock);
            material.take();
            return material;
        } catch (GeneralSecurityException | IOException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    /** Reads files that have changed. Those that cannot be used are left out, what was read before stays, and the log says why, once. */
    public synchronized void refresh() {
        try {
            if (take()) {
                LOG.log(Logger.Level.INFO, "TLS files have changed and were read again: {0}", files);
            }
            problem = null;
        } catch (ForetokenException | GeneralSecurityException | IOException e) {
            String found = String.valueOf(e.getMessage());
            if (!found.equals(problem)) {
                LOG.log(Logger.Level.ERROR, "TLS files were not taken, those read before stay in use: {0}", found);
                problem = found;
            }
        }
    }

    /** Returns whether something has changed. */
    private synchronized boolean take() throws GeneralSecurityException, IOException {
        boolean believesOthers = takeAuthorities();
        KeyPair pair = identity == null ? null : identity.changed();
        if (pair != null) {
            keys.updateIdentityCredentials(pair.chain(), pair.key());
        }
        return believesOthers || pair != null;
    }

    private boolean takeAuthorities() throws GeneralSecurityException, IOException {
        PemFile file = files.authorities().orElse(null);
        byte[] content = file == null ? null : file.read();
        if (file == null || content == null || Arrays.equals(content, authoritiesRead)) {
            return false;
        }
        trust.updateTrustCredentials(file.certificates(content));
        authoritiesRead = content;
        return true;
    }

    /** What this side shows; empty for a side that only looks. */
    public Optional<X509ExtendedKeyManager> keys() {
        return identity == null ? Optional.empty() : Optional.of(keys);
    }

    /** @throws ForetokenException CONFIG_INVALID when there are none: a side that listens needs them */
    public X509ExtendedKeyManager requireKeys() {
        return keys().orElseThrow(() -> new ForetokenException(
                ErrorCode.CONFIG_INVALID, "a server needs a certificate and its key to encrypt connections"));
    }

    /** What the other side's certificates are judged by; empty: a side that listens asks for none. */
    public Optional<X509ExtendedTrustManager> trust() {
        return files.authorities().map(any -> trust);
    }

    /** Whether the other side of a connection that was accepted must show a certificate. */
    public boolean asksForCertificates() {
        return files.authorities().isPresent();
    }

    @Override
    public String toString() {
        return "TlsMaterial[" + files + "]";
    }
}
