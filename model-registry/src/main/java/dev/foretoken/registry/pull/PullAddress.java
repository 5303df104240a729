package dev.foretoken.registry.pull;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.FilePath;
import dev.foretoken.registry.remote.Shown;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a model is pulled from. */
public sealed interface PullAddress {

    /**
     * A repository of a Hugging Face hub, {@code hf://ORG/NAME[@REVISION][/FILE]}.
     *
     * @param revision a branch, tag or commit; {@code /} in it is written {@code %2F}
     * @param file one file of it; empty for what makes up the model
     */
    record Hub(String organisation, String name, String revision, Optional<String> file) implements PullAddress {}

    /**
     * One file on the web, {@code https://HOST/PATH}.
     *
     * @param digest what it must have, written {@code #sha256:HEX} after the address
     */
    record Web(URI uri, String fileName, Optional<Digest> digest) implements PullAddress {}

    /** A folder in object storage, {@code s3://BUCKET/PREFIX}, as {@code blob.S3Location} reads it. */
    record ObjectStorage(String location) implements PullAddress {}

    Pattern HUB = Pattern.compile(
            "hf://([A-Za-z0-9][A-Za-z0-9._-]{0,95})/([A-Za-z0-9][A-Za-z0-9._-]{0,95})(?:@([A-Za-z0-9](?:[A-Za-z0-9._-]|%2F){0,199}))?(?:/(.+))?");

    /** @throws ForetokenException INVALID_REQUEST, saying how addresses are written */
    static PullAddress parse(String text) {
        if (text.startsWith("hf://")) {
            return hub(text);
        }
        if (text.startsWith("https://") || text.startsWith("http://")) {
            return web(text);
        }
        if (text.startsWith("s3://")) {
            return new ObjectStorage(text);
        }
        throw invalid(text, "it must begin with hf://, https://, s3:// or oci://");
    }

    private static Hub hub(String text) {
        Matcher matcher = HUB.matcher(text);
        if (!matcher.matches() || text.contains("..")) {
            throw invalid(text, "write hf://ORG/NAME, hf://ORG/NAME@REVISION or hf://ORG/NAME/FILE");
        }
        Optional<String> file = Optional.ofNullable(matcher.group(4)).map(FilePath::checked);
        String revision = matcher.group(3) == null ? "main" : matcher.group(3).replace("%2F", "/");
        return new Hub(matcher.group(1), matcher.group(2), revision, file);
    }

    private static Web web(String text) {
        int hash = text.indexOf('#');
        Optional<Digest> digest = hash < 0 ? Optional.empty() : Optional.of(Digest.parse(text.substring(hash + 1)));
        try {
            URI uri = new URI(hash < 0 ? text : text.substring(0, hash));
            String path = String.valueOf(uri.getPath());
            String name = path.substring(path.lastIndexOf('/') + 1);
            requireModelFile(text, name);
            return new Web(uri, FilePath.checked(name), digest);
        } catch (URISyntaxException e) {
            throw invalid(text, "it is no address");
        }
    }

    private static void requireModelFile(String text, String name) {
        if (name.endsWith(".gguf") || name.endsWith(".onnx")) {
            return;
        }
        if (name.endsWith(".safetensors")) {
            throw invalid(
                    text, "a *.safetensors alone has no config.json; pull the repository it is from, hf://ORG/NAME");
        }
        if (name.matches(".*\\.(tar|tgz|zip|gz|zst|xz|7z|bz2)")) {
            throw invalid(
                    text, "archives are not unpacked; pull one *.gguf or *.onnx, or a repository by hf://ORG/NAME");
        }
        throw invalid(text, "it must name one *.gguf or *.onnx file");
    }

    static ForetokenException invalid(String text, String what) {
        return new ForetokenException(
                ErrorCode.INVALID_REQUEST, "the address " + Shown.of(text) + " cannot be pulled: " + what);
    }
}
