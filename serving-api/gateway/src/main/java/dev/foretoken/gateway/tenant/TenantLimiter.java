package dev.foretoken.gateway.tenant;

import static dev.foretoken.contract.ConfigCheck.require;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Holds every tenant to its limits. Requests are counted when they come. Tokens are counted when an answer is over, so a tenant is refused
 * once it has spent what it had, and what was under way then is spent beyond: its next allowance pays for it.
 */
public final class TenantLimiter implements AutoCloseable {

    private static final Duration RENEWAL = Duration.ofSeconds(1);

    private final QuotaLedger ledger;
    private final LongSupplier nanoClock;
    private final Optional<Sharing> sharing;
    /** Of tenants that have limits: no more than the file of tenants has had. */
    private final Map<String, TenantAccount> accounts = new ConcurrentHashMap<>();

    /** With others: who speaks with them, and over what. */
    private record Sharing(GlobalLedger ledger, Thread renewal) {}

    TenantLimiter(QuotaLedger ledger, LongSupplier nanoClock) {
        this.ledger = ledger;
        this.nanoClock = nanoClock;
        this.sharing = Optional.empty();
    }

    private TenantLimiter(LongSupplier nanoClock, GlobalLedger ledger) {
        this.ledger = ledger;
        this.nanoClock = nanoClock;
        Thread renewal = Thread.ofVirtual().name("tenant-limits").unstarted(() -> renewForEver(ledger));
        this.sharing = Optional.of(new Sharing(ledger, renewal));
    }

    /**
     * Of one gateway, which counts in its memory.
     *
     * @param nanoClock monotonic, as {@link System#nanoTime}
     */
    public static TenantLimiter ofOneGateway(LongSupplier nanoClock) {
        return new TenantLimiter(new LocalLedger(nanoClock), nanoClock);
    }

    /**
     * Of one of several gateways, which count in a database. While it is away each counts a part of every limit.
     *
     * @param url {@code jdbc:postgresql://HOST/NAME?user=...&password=...}
     * @param gateway a name that no other process has
     * @param nanoClock monotonic, as {@link System#nanoTime}
     * @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for another url
     */
    public static TenantLimiter ofSeveralGateways(String url, String gateway, LongSupplier nanoClock) {
        require(
                url.startsWith("jdbc:postgresql:"),
                "tenant-limits-database",
                "(another address)",
                "jdbc:postgresql://HOST/NAME?user=...&password=...");
        return sharing(DatabaseLedger.open(url, gateway), nanoClock);
    }

    /** Renews every second and closes {@code shared} in the end. */
    static TenantLimiter sharing(SharedLedger shared, LongSupplier nanoClock) {
        TenantLimiter limiter = new TenantLimiter(nanoClock, new GlobalLedger(shared, nanoClock));
        limiter.sharing.ifPresent(with -> with.renewal().start());
        return limiter;
    }

    /** Who speaks with others; empty where there are none. */
    Optional<Thread> renewal() {
        return sharing.map(Sharing::renewal);
    }

    private void renewForEver(GlobalLedger shared) {
        try {
            while (true) {
                shared.beat();
                renew();
                Thread.sleep(RENEWAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A request under way; closing it more than once has no effect. */
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws dev.foretoken.contract.ForetokenException RATE_LIMITED with the time to retry */
    public Permit enter(Tenant tenant) {
        if (tenant.limits().equals(TenantLimits.NONE)) {
            return () -> {};
        }
        TenantAccount account = account(tenant);
        long now = nanoClock.getAsLong();
        account.enter(tenant, now);
        return permit(account, now);
    }

    /**
     * A request under way is sent once more: that is two at once, and one of those a minute.
     *
     * @throws dev.foretoken.contract.ForetokenException RATE_LIMITED with the time to retry
     */
    public Permit enterAgain(String tenant) {
        TenantAccount account = accounts.get(tenant);
        if (account == null) {
            return () -> {};
        }
        account.enterAgain();
        return permit(account, nanoClock.getAsLong());
    }

    private Permit permit(TenantAccount account, long entered) {
        return once(() -> account.leave(nanoClock.getAsLong() - entered));
    }

    private TenantAccount account(Tenant tenant) {
        return accounts.computeIfAbsent(tenant.id(), id -> new TenantAccount(tenant, ledger));
    }

    /**
     * A request that is going to be sent to a process that counts it, until it is. Of those a tenant may have as many here as requests at once, beside
     * its requests under way, and nothing is asked of others: who counts it needs the place.
     *
     * @throws dev.foretoken.contract.ForetokenException RATE_LIMITED with the time to retry
     */
    public Permit arrive(Tenant tenant) {
        if (tenant.limits().concurrentRequests() == 0) {
            return () -> {};
        }
        TenantAccount account = account(tenant);
        account.arrive(tenant);
        return once(account::arrived);
    }

    private static Permit once(Runnable end) {
        AtomicBoolean over = new AtomicBoolean();
        return () -> {
            if (over.compareAndSet(false, true)) {
                end.run();
            }
        };
    }

    /** Charges prompts and answers that are over. */
    public void spend(String tenant, long tokens) {
        TenantAccount account = accounts.get(tenant);
        if (account != null) {
            account.spend(tokens);
        }
    }

    /** To be called every second: others may have what this gateway took ahead and did not use. */
    public void renew() {
        accounts.values().forEach(account -> account.renew(nanoClock.getAsLong()));
    }

    /** Speaks with others no more. Who enters after this is held to limits of this process. */
    @Override
    public void close() {
        sharing.ifPresent(with -> {
            with.renewal().interrupt();
            try {
                with.renewal().join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            with.ledger().close();
        });
    }
}
