package dev.foretoken.app.command.models;

import dev.foretoken.app.config.RemoteOptions;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.gateway.registry.ImportJson;
import dev.foretoken.gateway.registry.VariantJson;
import dev.foretoken.registry.Imported;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.transfer.Arrival;
import dev.foretoken.registry.transfer.ModelPull;
import java.time.InstantSource;
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
        try (Registry registry = access.open()) {
            ModelPull pull = new ModelPull(
                    registry,
                    access.home().resolve(ModelPull.FOLDER),
                    () -> remote.hosts().sources(System.getenv()),
                    ProductVersion.text(),
                    InstantSource.system());
            Arrival arrival;
            try (ProgressBar progress = ProgressBar.onStderr()) {
                arrival = pull.pull(model, address, progress::update);
            }
            print(registry, arrival);
        }
        return 0;
    }

    private void print(Registry registry, Arrival arrival) {
        VariantDetail variant = registry.variant(arrival.ref());
        if (arrival.imported().isPresent()) {
            Imported imported = arrival.imported().get();
            access.print(
                    () -> ImportJson.of(imported, variant.manifest()),
                    out -> ImportText.print(imported, variant.manifest(), GraphText.of(registry, variant), out));
        } else {
            access.print(
                    () -> VariantJson.of(variant),
                    out -> out.println(arrival.ref() + "  " + variant.manifest() + "  from " + arrival.from()));
        }
    }
}
