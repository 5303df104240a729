package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.Shown;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a container registry, {@code oci://HOST[:PORT]/REPOSITORY[:TAG|@DIGEST]}.
 *
 * @param tag {@code latest} when neither tag nor digest is given; not used with a digest
 */
public record OciReference(String host, String repository, String tag, Optional<Digest> digest) {

    private static final String NAME = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
    private static final Pattern FORM = Pattern.compile("oci://([A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?)/(" + NAME + "(?:/"
            + NAME + ")*)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?");
    private static final Pattern LOOPBACK = Pattern.compile("(localhost|127\\.[0-9.]+)(:[0-9]+)?");
    private static final int MAX_REPOSITORY = 255;

    /** @throws ForetokenException INVALID_REQUEST, saying how they are written */
    public static OciReference parse(String text) {
        Matcher matcher = text.length() > 1024 ? FORM.matcher("") : FORM.matcher(text);
        if (!matcher.matches() || matcher.group(2).length() > MAX_REPOSITORY) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "the address " + Shown.of(text) + " must be oci://HOST/REPOSITORY, maybe with :TAG or @sha256:HEX");
        }
        String tag = matcher.group(3) == null ? "latest" : matcher.group(3);
        return new OciReference(
                matcher.group(1),
                matcher.group(2),
                tag,
                Optional.ofNullable(matcher.group(4)).map(Digest::parse));
    }

    /** The digest if there is one, else the tag. */
    String wanted() {
        return digest.map(Digest::toString).orElse(tag);
    }

    /** The same repository, with exactly this manifest. */
    public OciReference at(Digest manifest) {
        return new OciReference(host, repository, tag, Optional.of(manifest));
    }

    /** Without encryption on this machine alone, as container tools do it; the rules must still list the host. */
    URI uri(String path) {
        String scheme = LOOPBACK.matcher(host).matches() ? "http" : "https";
        return URI.create(scheme + "://" + host + "/v2/" + repository + path);
    }

    @Override
    public String toString() {
        return "oci://" + host + "/" + repository
                + digest.map(found -> "@" + found).orElse(":" + tag);
    }
}
