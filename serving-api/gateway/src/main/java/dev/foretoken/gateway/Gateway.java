package dev.foretoken.gateway;

import dev.foretoken.batch.job.BatchFiles;
import dev.foretoken.batch.job.BatchJobs;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.gateway.admission.Admission;
import dev.foretoken.gateway.answer.AnswerPlanner;
import dev.foretoken.gateway.answer.Answers;
import dev.foretoken.gateway.auth.Authenticator;
import dev.foretoken.gateway.auth.Door;
import dev.foretoken.gateway.encode.EncodeMetrics;
import dev.foretoken.gateway.encode.Encoders;
import dev.foretoken.gateway.hold.HeldRequests;
import dev.foretoken.gateway.metrics.AnswerMetrics;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.metrics.TenantMetrics;
import dev.foretoken.gateway.metrics.TenantMetrics.Cause;
import dev.foretoken.gateway.model.AdapterAdmin;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.registry.RegistryDesk;
import dev.foretoken.gateway.rollout.Rollouts;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.PickedCalls;
import dev.foretoken.gateway.routing.RouteSources;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.tenant.Tenant;
import dev.foretoken.gateway.tenant.TenantLimiter;
import dev.foretoken.gateway.tensor.Inferences;
import dev.foretoken.gateway.tracing.Tracing;
import dev.foretoken.gateway.turn.NextTurns;
import dev.foretoken.routing.decision.RouteRing;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.routing.variant.VariantRollout;
import dev.foretoken.wire.tls.TlsMaterial;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The edge of one process, shared by HTTP and gRPC. The application makes one, fills {@link #catalog}, and offers it as a CDI bean of scope
 * {@code @Singleton}; the HTTP routes come with this module.
 */
public final class Gateway implements AutoCloseable {

    private final GatewayConfig config;
    private final ModelCatalog catalog;
    private final PrometheusTelemetry telemetry;
    private final Clocks clocks;
    private final RandomGenerator random;
    private final Authenticator authenticator;
    private final Door door;
    private final Optional<Door> adminDoor;
    private final Admission admission;
    private final TenantLimiter limiter;
    private final TenantMetrics tenants;
    private final Optional<PrefixDirectory> prefixes;
    private final HealthBook health;
    private final EngineRouter router;
    private final HeldRequests held;
    private final Answers answers;
    private final NextTurns nextTurns;
    private final Inferences inferences;
    private final Encoders encoders;
    private volatile @Nullable AdapterAdmin adapters;
    private volatile @Nullable TlsMaterial tls;
    private volatile @Nullable Batches batches;
    private volatile Rollouts rollouts;
    private volatile @Nullable Supplier<Readiness> readinessJudge;
    private volatile @Nullable Supplier<RegistryDesk> registry;
    private volatile Supplier<Optional<String>> remark = Optional::empty;

    /**
     * Where time comes from.
     *
     * @param nanos monotonic, as {@link System#nanoTime}
     */
    public record Clocks(InstantSource wall, LongSupplier nanos) {
        public static Clocks system() {
            return new Clocks(InstantSource.system(), System::nanoTime);
        }
    }

    /**
     * What else a gateway may be given.
     *
     * @param prefixes where prompts' blocks lie, in front of engines that tell it
     * @param tracing of its requests
     */
    public record Surroundings(Optional<PrefixDirectory> prefixes, Tracing tracing) {
        public static final Surroundings NONE = new Surroundings(Optional.empty(), Tracing.off());
    }

    /** @param random for request ids and for seeds of requests without one; must be safe for use by many threads */
    public Gateway(
            GatewayConfig config,
            ModelCatalog catalog,
            PrometheusTelemetry telemetry,
            Clocks clocks,
            RandomGenerator random) {
        this(config, catalog, telemetry, clocks, random, Surroundings.NONE);
    }

    public Gateway(
            GatewayConfig config,
            ModelCatalog catalog,
            PrometheusTelemetry telemetry,
            Clocks clocks,
            RandomGenerator random,
            Surroundings surroundings) {
        this.config = config;
        this.catalog = catalog;
        this.telemetry = telemetry;
        this.clocks = clocks;
        this.random = random;
        this.authenticator = new Authenticator(config.apiKeys(), config.identities(), clocks.nanos());
        this.limiter = config.identities()
                .limitsDatabase()
                .map(url -> TenantLimiter.ofSeveralGateways(url, newId(), clocks.nanos()))
                .orElseGet(() -> TenantLimiter.ofOneGateway(clocks.nanos()));
        this.door = new Door(config.host(), config.allowedHosts(), authenticator);
        this.adminDoor = config.admin()
                .map(admin -> new Door(admin.host(), admin.allowedHosts(), new Authenticator(admin.keys())));
        this.admission = new Admission(config.http().maxRequests(), clocks.nanos());
        this.prefixes = surroundings.prefixes();
        this.health = new HealthBook(HealthConfig.DEFAULT, telemetry, clocks.nanos());
        this.router = new EngineRouter(
                config.routing(), new RouteSources(clocks.wall(), clocks.nanos(), health, random, prefixes));
        this.held = new HeldRequests(
                config.routing().hold(),
                name -> catalog.find(name).map(ServedModel::canAnswer).orElse(true),
                telemetry,
                clocks.nanos(),
                Thread.ofVirtual().name("held-", 0).factory());
        AnswerMetrics.Factory metrics = new AnswerMetrics.Factory(telemetry);
        this.tenants = metrics.tenants();
        RoutedCalls calls = new RoutedCalls(
                        router, config.calls(), telemetry, tenant -> limiter.enterAgain(tenant)::close)
                .tellingRefusals((tenant, why) -> tenants.refused(tenant, why, Cause.ENGINES));
        this.answers = new Answers(
                        new AnswerPlanner(config.answers(), random::nextLong), calls, clocks.nanos(), metrics)
                .charging(limiter::spend)
                .traced(surroundings.tracing());
        this.rollouts = rollouts(List.of());
        this.inferences =
                new Inferences(calls, config.tensors(), config.answers().maxTimeout());
        this.encoders =
                new Encoders(inferences, Thread.ofVirtual().name("encode-", 0).factory(), new EncodeMetrics(telemetry));
        this.nextTurns = new NextTurns(
                config.turns(),
                telemetry,
                Thread.ofVirtual().name("next-turn-", 0).factory(),
                clocks.nanos());
        telemetry.gauge(Metric.of("foretoken_edge_requests", "Requests the edge works on now."), admission::underWay);
        prefixes.ifPresent(known -> telemetry.gauge(
                Metric.of("foretoken_known_prefix_blocks", "Blocks of prompts that pods have told to hold."),
                known::keys));
    }

    public GatewayConfig config() {
        return config;
    }

    public ModelCatalog catalog() {
        return catalog;
    }

    /** Where engines that hold prompts' blocks say so; empty in front of an engine of this process. */
    public Optional<PrefixDirectory> prefixes() {
        return prefixes;
    }

    public PrometheusTelemetry telemetry() {
        return telemetry;
    }

    public Clocks clocks() {
        return clocks;
    }

    public Authenticator authenticator() {
        return authenticator;
    }

    /** Where callers come in. */
    public Door door() {
        return door;
    }

    /** Where operators come in; empty when nothing can be changed from outside. */
    public Optional<Door> adminDoor() {
        return adminDoor;
    }

    public Admission admission() {
        return admission;
    }

    /**
     * A place among the requests under way, of all and of a tenant. A refusal leaves a record, as choices of engines do.
     *
     * @param told the record's id
     * @throws ForetokenException as {@link Admission#enter} and {@link TenantLimiter#enter}
     */
    public Admission.Permit enter(Tenant tenant, Consumer<String> told) {
        return recorded(() -> enter(tenant), tenant, told);
    }

    private <P> P recorded(Supplier<P> entry, Tenant tenant, Consumer<String> told) {
        try {
            return entry.get();
        } catch (ForetokenException refusal) {
            tenants.refused(tenant.id(), refusal.code(), Cause.PLACES);
            told.accept(router.turnAway(tenant.id(), refusal.code()));
            throw refusal;
        }
    }

    /**
     * A request that is answered elsewhere, where its tenant's limits are counted.
     *
     * @param place among the requests under way
     * @param arriving among those of its tenant that were not sent on yet
     */
    public record PassThrough(Admission.Permit place, TenantLimiter.Permit arriving) implements AutoCloseable {
        @Override
        public void close() {
            arriving.close();
            place.close();
        }
    }

    /**
     * Lets a request in that is answered elsewhere.
     *
     * @param told as in {@link #enter}
     * @throws ForetokenException as {@link Admission#enter} and {@link TenantLimiter#arrive}
     */
    public PassThrough passThrough(Tenant tenant, Consumer<String> told) {
        return recorded(() -> passThrough(tenant), tenant, told);
    }

    private PassThrough passThrough(Tenant tenant) {
        Admission.Permit place = admission.enter(tenant);
        try {
            return new PassThrough(place, limiter.arrive(tenant));
        } catch (RuntimeException e) {
            place.close();
            throw e;
        }
    }

    /**
     * Who waits for a model.
     *
     * @param timeLeft of the request; empty where it said nothing
     * @param told the id of the record of a refusal
     * @param whenLeft runs what it is given once the caller is gone, at once if that was so already
     */
    public record Waiting(
            Tenant tenant, Optional<Duration> timeLeft, Consumer<String> told, Consumer<Runnable> whenLeft) {}

    /**
     * The model of a name, or of {@code name:adapter}. Where requests are held, it waits until an engine can answer it.
     *
     * @throws ForetokenException MODEL_NOT_FOUND; as {@link HeldRequests.Place#await} and {@link HeldRequests#hold}
     */
    public ServedModel require(String name, Waiting waiting) throws InterruptedException {
        return await(catalog.require(name), waiting).model();
    }

    /**
     * A model that was waited for.
     *
     * @param waited nothing where an engine was there
     */
    public record Awaited(ServedModel model, Duration waited) {}

    /** The same of a model that was found already. @throws ForetokenException as {@link #require} */
    public Awaited await(ServedModel model, Waiting waiting) throws InterruptedException {
        if (!held.isOn() || model.canAnswer()) {
            return new Awaited(model, Duration.ZERO);
        }
        long from = clocks.nanos().getAsLong();
        String tenant = waiting.tenant().id();
        try (TenantMetrics.Wait _ = tenants.waits(tenant);
                HeldRequests.Place place = held.hold(model.name(), waiting.tenant(), waiting.timeLeft())) {
            waiting.whenLeft().accept(place::leave);
            place.await();
        } catch (ForetokenException refusal) {
            tenants.refused(tenant, refusal.code(), Cause.HELD);
            waiting.told().accept(router.turnAway(model.name(), tenant, refusal.code()));
            throw refusal;
        }
        return new Awaited(
                catalog.require(model.publicName()),
                Duration.ofNanos(clocks.nanos().getAsLong() - from));
    }

    private Admission.Permit enter(Tenant tenant) {
        Admission.Permit place = admission.enter(tenant);
        try {
            TenantLimiter.Permit own = limiter.enter(tenant);
            return () -> {
                own.close();
                place.close();
            };
        } catch (RuntimeException e) {
            place.close();
            throw e;
        }
    }

    /** Empty: no adapters are loaded while this process serves. */
    public Optional<AdapterAdmin> adapters() {
        return Optional.ofNullable(adapters);
    }

    /** Lets operators load adapters from now on. */
    public void offerAdapters(AdapterAdmin admin) {
        adapters = admin;
    }

    /** Empty: this process has no registry. Blocks while it is opened. */
    public Optional<RegistryDesk> registry() {
        return Optional.ofNullable(registry).map(Supplier::get);
    }

    /** Shows a registry to callers from now on, and lets operators change it; {@code desk} may open it when it is first asked for. */
    public void offerRegistry(Supplier<RegistryDesk> desk) {
        registry = desk;
    }

    /**
     * Batches of callers.
     *
     * @param files that they send, and that jobs leave
     */
    public record Batches(BatchFiles files, BatchJobs jobs) {}

    /** Empty: this process takes none. */
    public Optional<Batches> batches() {
        return Optional.ofNullable(batches);
    }

    /** Takes batches of callers from now on. */
    public void offerBatches(Batches taken) {
        batches = taken;
    }

    /** What connections of callers and operators are encrypted with; empty: they are not. */
    public Optional<TlsMaterial> tls() {
        return Optional.ofNullable(tls);
    }

    /** Encrypts every connection; to be said before anything listens. With authorities callers must show a certificate too. */
    public void encryptBy(TlsMaterial material) {
        tls = material;
    }

    /** Why requests went where they went. */
    public RouteRing routes() {
        return router.records();
    }

    /** How requests fared in engines: to be told of those that leave. */
    public HealthBook health() {
        return health;
    }

    /** Which variants answer the requests of a name. */
    public Rollouts rollouts() {
        return rollouts;
    }

    /** Leads the requests of these names so; to be said before anything listens. */
    public void rollOut(List<VariantRollout> rules) {
        rollouts = rollouts(rules);
    }

    private Rollouts rollouts(List<VariantRollout> rules) {
        return new Rollouts(
                rules,
                catalog,
                telemetry,
                clocks.nanos(),
                task -> Thread.ofVirtual().name("shadow").start(task));
    }

    /** Engines for requests that others send. */
    public PickedCalls picks() {
        return new PickedCalls(router);
    }

    public Answers answers() {
        return answers;
    }

    public NextTurns nextTurns() {
        return nextTurns;
    }

    /** Tensors for tensors. */
    public Inferences inferences() {
        return inferences;
    }

    /** Vectors, scores and classes for texts. */
    public Encoders encoders() {
        return encoders;
    }

    /** 128 random bits as 32 hexadecimal digits. */
    public String newId() {
        return "%016x%016x".formatted(random.nextLong(), random.nextLong());
    }

    /** Which build this is. */
    public static String version() {
        return Optional.ofNullable(Gateway.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** Has somebody else judge it while this process does not drain: one whose requests do not come in here. */
    public void judgeReadinessBy(Supplier<Readiness> judge) {
        readinessJudge = judge;
    }

    /** Whether a request sent now could be answered. */
    public Readiness readiness() {
        if (admission.isDraining()) {
            return new Readiness(false, "draining");
        }
        Supplier<Readiness> judge = readinessJudge;
        return (judge == null ? ofCatalog() : judge.get()).with(remark.get());
    }

    /** Has probes say this too, which callers need not know: of a part without which requests are answered all the same. Empty = nothing. */
    public void remarkBy(Supplier<Optional<String>> newRemark) {
        remark = newRemark;
    }

    /** Whether one of the models that are offered here could answer: what counts where nobody else judges. */
    public Readiness ofCatalog() {
        if (catalog.all().isEmpty() && registry != null) {
            return new Readiness(true, "a registry, without models");
        }
        long ready = catalog.all().stream().filter(ServedModel::canAnswer).count();
        if (ready == 0 && held.isOn() && !catalog.all().isEmpty()) {
            return new Readiness(true, "no model is ready, and requests are held");
        }
        return ready > 0 ? new Readiness(true, ready + " model(s) ready") : new Readiness(false, missing());
    }

    private String missing() {
        boolean engines =
                catalog.all().stream().anyMatch(model -> !model.endpoints().isEmpty());
        return engines || catalog.all().isEmpty() ? "no model is ready" : "no runtime pod is known yet";
    }

    /** @param detail why */
    public record Readiness(boolean ready, String detail) {
        private Readiness with(Optional<String> remark) {
            return remark.map(text -> new Readiness(ready, detail + "; " + text))
                    .orElse(this);
        }
    }

    /** Refuses new requests with DRAINING, and prepares nothing for requests to come. */
    public void refuseMore() {
        admission.drain();
        held.close();
        nextTurns.close();
    }

    /** Lets go of what is outside of this process; whoever made it closes it after its last request. */
    @Override
    public void close() {
        limiter.close();
    }

    /** Refuses new requests with DRAINING and waits for those under way. Returns whether all ended in time. */
    public boolean drain(Duration grace) throws InterruptedException {
        refuseMore();
        return admission.awaitEmpty(grace);
    }
}
