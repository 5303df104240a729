package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.wire.tls.PemFile;
import dev.foretoken.wire.tls.TlsFiles;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about a registry that is reached over HTTP. */
public final class ReplicaOptions {

    private static final String KEY = "FORETOKEN_REGISTRY_KEY";

    @Option(
            names = "--registry-url",
            paramLabel = "URL",
            defaultValue = "${env:FORETOKEN_REGISTRY_URL}",
            description =
                    "Where a process in role registry answers, for roles gateway and runtime: names of the registry are asked there, and files copied from there into --registry, so that nothing else is shared.")
    @Nullable
    String url;

    @Option(
            names = "--registry-key-file",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_REGISTRY_KEY_FILE}",
            description =
                    "File whose one line is an API key of that process. Default: the environment variable FORETOKEN_REGISTRY_KEY, else none.")
    @Nullable
    Path keyFile;

    @Option(
            names = "--registry-ca",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_REGISTRY_CA}",
            description =
                    "Who has signed the certificate of that process (PEM). Default: the authorities of the Java platform.")
    @Nullable
    Path authorities;

    @Option(
            names = "--registry-copies",
            paramLabel = "SIZE",
            defaultValue = "${env:FORETOKEN_REGISTRY_COPIES:-64g}",
            converter = ByteSize.class,
            description =
                    "Most bytes of copies that nothing uses any more; what is served comes on top. A gateway copies no variant of which it needs more than this. Default: ${DEFAULT-VALUE}.")
    long copies;

    @Option(
            names = "--pod-group",
            paramLabel = "NAME",
            defaultValue = "${env:FORETOKEN_POD_GROUP}",
            description =
                    "Group of this runtime pod: it serves what 'foretoken models assign NAME' says, and follows it.")
    @Nullable
    String group;

    /**
     * Empty without an address.
     *
     * @param environment of the process: the key that no file names
     * @param identity what the registry is shown where it asks for a certificate
     */
    Optional<ReplicaSettings> settings(Map<String, String> environment, Optional<TlsFiles.Identity> identity) {
        Optional<String> named = Optional.ofNullable(group).filter(name -> !name.isEmpty());
        if (url == null || url.isEmpty()) {
            require(named.isEmpty(), "pod-group", named.orElse(""), "given together with registry-url");
            return Optional.empty();
        }
        TlsFiles tls = new TlsFiles(
                identity,
                Optional.ofNullable(authorities)
                        .filter(file -> !file.toString().isEmpty())
                        .map(file -> new PemFile("registry-ca", file)));
        return Optional.of(new ReplicaSettings(address(url), key(environment), tls, named, copies));
    }

    /** A password in it is not repeated. */
    private static URI address(String text) {
        String shown = text.replaceFirst("^([a-zA-Z]*://)?.*@", "$1***@");
        require(
                text.indexOf('@') < 0,
                "registry-url",
                shown,
                "without a user: the key is given by registry-key-file, or FORETOKEN_REGISTRY_KEY");
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "registry-url=" + text + " is no address", e);
        }
    }

    private String key(Map<String, String> environment) {
        if (keyFile == null || keyFile.toString().isEmpty()) {
            return environment.getOrDefault(KEY, "");
        }
        List<String> lines = new SecretFile("registry-key-file", keyFile).read();
        require(lines.size() == 1, "registry-key-file", keyFile, "a file of one line");
        return lines.getFirst();
    }
}
