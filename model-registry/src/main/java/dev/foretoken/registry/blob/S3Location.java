package dev.foretoken.registry.blob;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in object storage. Written {@code s3://BUCKET/PREFIX}, with {@code ?endpoint=URL}, {@code &region=NAME} and
 * {@code &path-style=true|false} where needed. Credentials are never part of it: they come from the environment, the profile files or the
 * machine's role, as AWS's own tools find them.
 *
 * @param prefix before every key; empty, or ends with a slash
 * @param endpoint of another service than AWS; null for AWS's own
 * @param region null for the one of the environment
 * @param pathStyle {@code https://HOST/BUCKET/KEY} instead of {@code https://BUCKET.HOST/KEY}
 */
public record S3Location(
        String bucket,
        String prefix,
        @Nullable URI endpoint,
        @Nullable String region,
        boolean pathStyle) {

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9._-]+/)*");
    private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,40}");

    /** @throws ForetokenException CONFIG_INVALID saying which part is wrong */
    public S3Location {
        require(BUCKET.matcher(bucket).matches(), "the bucket must have 3 to 63 of a-z, 0-9, dot and hyphen");
        require(
                PREFIX.matcher(prefix).matches() && !prefix.contains("../") && !prefix.contains("./"),
                "the prefix must be names of letters, digits, dot, hyphen and underscore, each ending with a slash");
        require(region == null || REGION.matcher(region).matches(), "the region must be a name such as eu-central-1");
        require(endpoint == null || isOrigin(endpoint), "the endpoint must be http(s)://HOST[:PORT] and nothing else");
    }

    /**
     * Reads the written form. The path style is the default where there is an endpoint.
     *
     * @throws ForetokenException CONFIG_INVALID saying which part is wrong
     */
    public static S3Location parse(String text) {
        URI uri = uri(text, "s3://BUCKET/PREFIX");
        require("s3".equals(uri.getScheme()) && uri.getAuthority() != null, "it must begin with s3://BUCKET");
        Map<String, String> options = options(uri.getRawQuery());
        String endpoint = options.remove("endpoint");
        String region = options.remove("region");
        String style = options.getOrDefault("path-style", Boolean.toString(endpoint != null));
        options.remove("path-style");
        require(options.isEmpty(), "the options are endpoint, region and path-style, found " + options.keySet());
        require(style.equals("true") || style.equals("false"), "path-style must be true or false");
        String path = uri.getPath().replaceFirst("^/", "");
        return new S3Location(
                uri.getAuthority(),
                path.isEmpty() || path.endsWith("/") ? path : path + "/",
                endpoint == null ? null : uri(endpoint, "http(s)://HOST[:PORT]"),
                region,
                Boolean.parseBoolean(style));
    }

    private static Map<String, String> options(@Nullable String query) {
        Map<String, String> out = new TreeMap<>();
        for (String option : query == null ? new String[0] : query.split("&")) {
            int equals = option.indexOf('=');
            require(equals > 0, "options must be NAME=VALUE");
            String old = out.put(option.substring(0, equals), option.substring(equals + 1));
            require(old == null, "option " + option.substring(0, equals) + " occurs twice");
        }
        return out;
    }

    private static boolean isOrigin(URI uri) {
        boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
        boolean bare = uri.getRawPath().isEmpty() || uri.getRawPath().equals("/");
        return web && bare && uri.getHost() != null && uri.getUserInfo() == null && uri.getRawQuery() == null;
    }

    private static URI uri(String text, String shape) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "an object storage location must be " + shape, e);
        }
    }

    /** The text itself is not repeated: somebody may have put a secret into it. */
    private static void require(boolean right, String message) {
        if (!right) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "an object storage location is wrong: " + message);
        }
    }
}
