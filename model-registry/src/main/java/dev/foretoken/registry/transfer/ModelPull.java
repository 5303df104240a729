package dev.foretoken.registry.transfer;

import dev.foretoken.registry.Imported;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.oci.OciConfig;
import dev.foretoken.registry.oci.OciPull;
import dev.foretoken.registry.oci.OciReference;
import dev.foretoken.registry.oci.PulledVariant;
import dev.foretoken.registry.pull.PullAddress;
import dev.foretoken.registry.pull.PullConfig;
import dev.foretoken.registry.pull.Pulled;
import dev.foretoken.registry.pull.Puller;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** Brings models into a registry, from wherever {@code hf://}, {@code https://}, {@code s3://} and {@code oci://} lead. For any thread. */
public final class ModelPull implements Pulling {

    /** In a registry's home: where what comes is kept until it is imported. */
    public static final String FOLDER = "pulls";

    private static final String OCI = "oci://";

    private final Registry registry;
    private final Path staging;
    private final Supplier<Sources> sources;
    private final String tool;
    private final InstantSource wall;

    /**
     * @param staging folder for what comes, the same for all pulls of this machine, so that one that broke off goes on
     * @param sources asked for each pull, so that credentials may change
     * @param tool name and version of this program, for the provenance of what is imported
     */
    public ModelPull(Registry registry, Path staging, Supplier<Sources> sources, String tool, InstantSource wall) {
        this.registry = registry;
        this.staging = staging;
        this.sources = sources;
        this.tool = tool;
        this.wall = wall;
    }

    /** Who may be asked, and as whom. */
    public record Sources(PullConfig files, OciConfig artifacts) {}

    @Override
    public String check(String model, String address) {
        Names.require("model", model);
        if (address.startsWith(OCI)) {
            return OciReference.parse(address).toString();
        }
        return switch (PullAddress.parse(address)) {
            case PullAddress.Hub hub -> address;
            case PullAddress.ObjectStorage storage -> withoutQuery(address);
            case PullAddress.Web web -> withoutQuery(address);
        };
    }

    /** Signed addresses have their secrets there, and user and password come before the host. */
    private static String withoutQuery(String address) {
        return address.replaceFirst("[?#].*", "").replaceFirst("://[^/]*@", "://");
    }

    @Override
    public Arrival pull(String model, String address, PullWatch watch) {
        check(model, address);
        return address.startsWith(OCI) ? artifact(model, address, watch) : files(model, address, watch);
    }

    private Arrival files(String model, String address, PullWatch watch) {
        try (Puller puller = new Puller(sources.get().files());
                Pulled pulled = puller.pull(address, staging, watch)) {
            watch.arrived();
            Provenance from = new Provenance(pulled.from(), tool, "import", pulled.parameters(), null, wall.instant());
            Imported imported = registry.importModel(model, pulled.source(), Trust.UPLOADED, from, watch);
            pulled.discard();
            return new Arrival(imported.ref(), pulled.from(), Optional.of(imported));
        }
    }

    private Arrival artifact(String model, String address, PullWatch watch) {
        OciReference place = OciReference.parse(address);
        PulledVariant pulled = new OciPull(sources.get().artifacts()).pull(place, registry.blobs(), staging, watch);
        watch.arrived();
        VariantRef ref = registry.addVersion(model, pulled.digest());
        pulled.signatures().forEach(bundle -> registry.addSignature(ref, bundle));
        return new Arrival(ref, pulled.from().toString(), Optional.empty());
    }
}
