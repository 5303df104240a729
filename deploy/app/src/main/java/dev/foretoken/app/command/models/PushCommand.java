package dev.foretoken.app.command.models;

import dev.foretoken.app.config.RemoteOptions;
import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.gateway.registry.VariantJson;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.oci.OciPush;
import dev.foretoken.registry.oci.OciReference;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Sends a variant to a container registry. */
@Command(
        name = "push",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Sends a variant with its signatures to a container registry, byte for byte: its digest stays the same.",
        footer = {"", "Who we are there: docker login, or FORETOKEN_OCI_HOST, _USERNAME and _PASSWORD."},
        sortOptions = false)
final class PushCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "VARIANT", description = "toy@3/q4, toy@3 or toy:prod.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "oci://HOST/REPOSITORY[:TAG].")
    private String address = "";

    @Mixin
    private RemoteOptions remote = new RemoteOptions();

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        OciReference place = OciReference.parse(address);
        Reference reference = Reference.parse(name);
        try (Registry registry = access.open()) {
            VariantDetail variant = registry.variant(registry.resolve(reference));
            OciPush.Pushed pushed;
            try (ProgressBar progress = ProgressBar.onStderr()) {
                pushed = new OciPush(remote.hosts().oci(System.getenv()))
                        .push(
                                registry.blobs(),
                                variant.manifest(),
                                registry.signatures(variant.ref()),
                                place,
                                Optional.empty(),
                                progress);
            }
            access.print(
                    () -> VariantJson.of(variant),
                    out -> out.println(
                            variant.ref() + " -> " + pushed.place() + "  (" + Figures.bytes(pushed.sentBytes())
                                    + " sent, " + Figures.bytes(pushed.presentBytes()) + " were there)"));
        }
        return 0;
    }
}
