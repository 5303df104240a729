package dev.foretoken.app.config;

import dev.foretoken.contract.runtime.AdapterLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options about LoRA adapters. */
public final class AdapterOptions {

    private static final int SOME = 8;

    @Option(
            names = "--adapter",
            paramLabel = "MODEL:NAME=PATH",
            split = ",",
            defaultValue = "${env:FORETOKEN_ADAPTER}",
            description =
                    "A LoRA adapter of MODEL, a folder as PEFT writes it, that callers name MODEL:NAME; repeatable.")
    List<String> adapters = List.of();

    @Option(
            names = "--adapters",
            paramLabel = "FOLDER",
            defaultValue = "${env:FORETOKEN_ADAPTERS}",
            description =
                    "Lets operators load adapters from folders inside FOLDER, and unload any, while the server runs (/v1/load_lora_adapter), with a key of --api-key where the server asks for one: no tenant's and no token. Default: nobody may.")
    @Nullable
    Path folder;

    @Option(
            names = "--max-adapters",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_ADAPTERS:--1}",
            description =
                    "Adapters of each model that may be loaded at a time. Default: 8 with --adapters, else as many as --adapter names.")
    int count;

    @Option(
            names = "--max-adapter-rank",
            paramLabel = "RANK",
            defaultValue = "${env:FORETOKEN_MAX_ADAPTER_RANK:-64}",
            description = "Largest rank of an adapter. Default: ${DEFAULT-VALUE}.")
    int rank;

    @Option(
            names = "--adapter-bytes",
            paramLabel = "SIZE",
            defaultValue = "${env:FORETOKEN_ADAPTER_BYTES:-1g}",
            converter = ByteSize.class,
            description =
                    "Memory that the adapters of each model may take together, within --memory. Default: ${DEFAULT-VALUE}.")
    long bytes;

    AdapterSettings settings() {
        return new AdapterSettings(adapters.stream().map(AdapterMount::parse).toList(), Optional.ofNullable(folder));
    }

    AdapterLimits limits() {
        int named = settings().mounts().size();
        int room = count >= 0 ? count : folder == null ? named : Math.max(named, SOME);
        return room == 0 ? AdapterLimits.NONE : new AdapterLimits(room, rank, bytes);
    }
}
