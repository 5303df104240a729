package dev.foretoken.wire.tls;

import java.util.Optional;

/**
 * The files of one side of encrypted connections.
 *
 * @param identity what this side shows; a side that listens needs it
 * @param authorities who may sign the other side's certificates. Without it a side that listens asks for none
 */
public record TlsFiles(Optional<Identity> identity, Optional<PemFile> authorities) {

    public static final TlsFiles NONE = new TlsFiles(Optional.empty(), Optional.empty());

    /**
     * @param certificate the own one first, then those between it and the authority
     * @param key of the first certificate
     */
    public record Identity(PemFile certificate, PemFile key) {}

    public boolean isEmpty() {
        return identity.isEmpty() && authorities.isEmpty();
    }
}
