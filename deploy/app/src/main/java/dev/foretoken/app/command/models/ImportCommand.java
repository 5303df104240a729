package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.ImportJson;
import dev.foretoken.registry.Imported;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.name.Names;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Makes a version of files on this machine. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Makes a new version of a model from files: a Hugging Face folder, a GGUF file, a recipe or an ONNX model. The same files again are the same version.",
        sortOptions = false)
final class ImportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "MODEL", description = "What the model is called.")
    private String model = "";

    @Parameters(index = "1", paramLabel = "PATH", description = "A folder or a file.")
    private Path path = Path.of("");

    @Mixin
    private RegistryMixin access = new RegistryMixin();

    @Override
    public Integer call() {
        Names.require("model", model);
        if (!Files.exists(path)) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + path
                            + "' is not there; give a Hugging Face folder, a *.gguf file, a recipe's folder or a *.onnx file");
        }
        Provenance from = new Provenance(
                "file:" + path.getFileName(), ProductVersion.text(), "import", Map.of(), null, Instant.now());
        try (Registry registry = access.open()) {
            Imported imported;
            try (ProgressBar progress = ProgressBar.onStderr()) {
                imported = registry.importModel(model, path, Trust.OWN_FOLDER, from, progress);
            }
            VariantDetail variant = registry.variant(imported.ref());
            Digest manifest = variant.manifest();
            access.print(
                    () -> ImportJson.of(imported, manifest),
                    out -> ImportText.print(imported, manifest, GraphText.of(registry, variant), out));
        }
        return 0;
    }
}
