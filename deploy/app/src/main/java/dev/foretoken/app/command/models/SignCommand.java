package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.gateway.registry.VariantJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.trust.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs a variant, or says what its signatures are worth. */
@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description = {
            "Signs a variant with a private key (OpenSSF Model Signing bundle); without --key, says what its signatures are worth.",
            "Whom to believe: public keys in the folder 'keys' of the registry, or --trusted-keys."
        },
        sortOptions = false)
final class SignCommand implements Callable<Integer> {

    @Parameters(paramLabel = "VARIANT", description = "toy@3/q4, toy@3 or toy:prod.")
    private String name = "";

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "PEM file with an unencrypted Ed25519 or ECDSA P-256 private key, and its public half.")
    @Nullable
    private Path key;

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        Reference reference = Reference.parse(name);
        SigningKey signing = key == null ? null : read(key);
        try (Registry registry = access.open()) {
            VariantRef ref = registry.resolve(reference);
            if (signing != null) {
                registry.sign(ref, signing);
            }
            String found = signing == null
                    ? registry.trust(ref).sentence()
                    : "signed " + ref + " with " + signing.publicHalf().name();
            access.print(() -> VariantJson.of(registry.variant(ref)), out -> out.println(found));
        }
        return 0;
    }

    private static SigningKey read(Path file) {
        try {
            return SigningKey.read(file);
        } catch (IOException e) {
            throw Unreadable.of("--key", file, e);
        }
    }
}
