package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.gateway.registry.ImportJson;
import dev.foretoken.gateway.registry.VariantJson;
import dev.foretoken.registry.Imported;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.oci.OciPull;
import dev.foretoken.registry.oci.OciReference;
import dev.foretoken.registry.oci.PulledVariant;
import dev.foretoken.registry.pull.Pulled;
import dev.foretoken.registry.pull.Puller;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Brings a model from elsewhere. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Makes a new version of a model that is brought from elsewhere. Begun again, it goes on where it broke off.",
        footer = {
            "",
            "ADDRESS: hf://ORG/NAME[@REVISION], https://HOST/PATH, s3://BUCKET/PREFIX or oci://HOST/REPOSITORY[:TAG].",
            "Only hosts that are allowed are asked, wherever they redirect to: the Hugging Face hub, and --allow-host.",
        },
        sortOptions = false)
final class PullCommand implements Callable<Integer> {

    private static final String OCI = "oci://";

    @Parameters(index = "0", paramLabel = "MODEL", description = "What the model is called here.")
    private String model = "";

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "Where it is.")
    private String address = "";

    @Mixin
    private RemoteOptions remote = new RemoteOptions();

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        Names.require("model", model);
        try (Registry registry = access.open()) {
            Path staging = access.home().resolve("pulls");
            if (address.startsWith(OCI)) {
                artifact(registry, staging);
            } else {
                files(registry, staging);
            }
        }
        return 0;
    }

    private void files(Registry registry, Path staging) {
        Imported imported;
        try (Puller puller = new Puller(remote.pull());
                ProgressBar progress = ProgressBar.onStderr();
                Pulled pulled = puller.pull(address, staging, progress)) {
            Provenance from = new Provenance(
                    pulled.from(), ProductVersion.text(), "import", pulled.parameters(), null, Instant.now());
            imported = registry.importModel(model, pulled.source(), Trust.UPLOADED, from, progress);
            pulled.discard();
        }
        var manifest = registry.variant(imported.ref()).manifest();
        access.print(() -> ImportJson.of(imported, manifest), out -> ImportText.print(imported, manifest, out));
    }

    private void artifact(Registry registry, Path staging) {
        OciReference place = OciReference.parse(address);
        VariantRef ref;
        try (ProgressBar progress = ProgressBar.onStderr()) {
            ref = add(registry, new OciPull(remote.oci()).pull(place, registry.blobs(), staging, progress));
        }
        access.print(
                () -> VariantJson.of(registry.variant(ref)),
                out -> out.println(ref + "  " + registry.variant(ref).manifest() + "  from " + place));
    }

    private VariantRef add(Registry registry, PulledVariant pulled) {
        VariantRef ref = registry.addVersion(model, pulled.digest());
        pulled.signatures().forEach(bundle -> registry.addSignature(ref, bundle));
        return ref;
    }
}
