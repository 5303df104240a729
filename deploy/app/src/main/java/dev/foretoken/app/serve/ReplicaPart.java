package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.ReplicaSettings;
import dev.foretoken.app.config.Role;
import dev.foretoken.app.mount.AliasWatch;
import dev.foretoken.app.mount.RegistryMounts;
import dev.foretoken.app.mount.ReplicaVariants;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.replica.RegistryReplica;
import dev.foretoken.registry.replica.ReplicaConfig;
import dev.foretoken.wire.tls.TlsMaterial;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** What this process serves from a registry that it reaches over HTTP, from the time on at which that answers. */
final class ReplicaPart implements AutoCloseable {

    /** Beside those of a registry of this machine, which has other owners of its files. */
    private static final String FOLDER = "replica";

    private final RegistryReplica replica;
    private final AliasWatch watch;

    private ReplicaPart(RegistryReplica replica, AliasWatch watch) {
        this.replica = replica;
        this.watch = watch;
    }

    /**
     * Does not wait for the registry.
     *
     * @param tls of connections to it; empty where nothing about it is configured
     * @param mounting what follows it
     * @throws ForetokenException CONFIG_INVALID for files or a folder that cannot be used
     */
    static ReplicaPart start(
            AppConfig config,
            ReplicaSettings settings,
            Optional<TlsMaterial> tls,
            Function<ReplicaVariants, RegistryMounts> mounting) {
        Path home = config.registry().home().resolve(FOLDER);
        RegistryReplica replica = RegistryReplica.open(
                new ReplicaConfig(
                        settings.url(), settings.key(), tls.map(ReplicaPart::context), home, settings.copies()),
                Clock.systemUTC());
        boolean computes = config.role() == Role.RUNTIME;
        ReplicaVariants variants = new ReplicaVariants(
                replica,
                config.offered().mounts(),
                group -> !computes || settings.group().filter(group::equals).isPresent(),
                computes);
        return new ReplicaPart(replica, AliasWatch.follow(variants, mounting.apply(variants)));
    }

    /** Without authorities of its own it believes those of the platform. */
    private static SSLContext context(TlsMaterial material) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager @Nullable [] keys =
                    material.keys().map(own -> new KeyManager[] {own}).orElse(null);
            TrustManager @Nullable [] trust =
                    material.trust().map(own -> new TrustManager[] {own}).orElse(null);
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "TLS to the registry cannot be set up: " + e.getMessage(), e);
        }
    }

    /** Whether what is assigned has been tried once, so that readiness tells of more than of the beginning. */
    boolean hasCaughtUp() {
        return watch.hasCaughtUp();
    }

    @Override
    public void close() {
        watch.close();
        replica.close();
    }
}
