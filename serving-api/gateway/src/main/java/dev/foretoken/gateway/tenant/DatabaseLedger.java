package dev.foretoken.gateway.tenant;

import dev.foretoken.database.DatabaseConfig;
import dev.foretoken.database.Pool;
import dev.foretoken.database.Sql;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of several gateways: two tables of PostgreSQL, whose clock is the only one that counts. One row for each quota, locked while it
 * is changed; one for each gateway and tenant with requests under way, which is void when its gateway has not been heard of for ten seconds.
 */
final class DatabaseLedger implements SharedLedger {

    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int CONNECTIONS = 4;

    private static final String TABLES = """
            CREATE TABLE IF NOT EXISTS tenant_quota (
                tenant text NOT NULL, kind text NOT NULL, level double precision NOT NULL, granted bigint NOT NULL,
                refilled_at timestamptz NOT NULL, PRIMARY KEY (tenant, kind));
            CREATE TABLE IF NOT EXISTS tenant_places (
                tenant text NOT NULL, gateway text NOT NULL, places integer NOT NULL, seen_at timestamptz NOT NULL,
                PRIMARY KEY (tenant, gateway))""";

    private static final String FIRST = """
            INSERT INTO tenant_quota (tenant, kind, level, granted, refilled_at)
            VALUES (?, ?, ?, 0, clock_timestamp()) ON CONFLICT DO NOTHING""";

    private static final String EXCHANGE = """
            UPDATE tenant_quota q SET level = n.level - n.granted, granted = n.granted, refilled_at = clock_timestamp()
            FROM (SELECT level, GREATEST(0, LEAST(?, FLOOR(level)))::bigint AS granted
                  FROM (SELECT LEAST(?, level + ? + ? / 60.0
                            * GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - refilled_at))) AS level
                        FROM tenant_quota WHERE tenant = ? AND kind = ? FOR UPDATE) filled) n
            WHERE q.tenant = ? AND q.kind = ? RETURNING q.granted, q.level""";

    private static final String OTHERS = """
            SELECT COALESCE(SUM(places), 0) FROM tenant_places
            WHERE tenant = ? AND gateway <> ? AND seen_at > clock_timestamp() - interval '10 seconds'""";

    private static final String HOLD = """
            INSERT INTO tenant_places (tenant, gateway, places, seen_at) VALUES (?, ?, ?, clock_timestamp())
            ON CONFLICT (tenant, gateway) DO UPDATE SET places = EXCLUDED.places, seen_at = EXCLUDED.seen_at""";

    private static final String GATEWAYS = """
            SELECT COUNT(DISTINCT gateway) FROM tenant_places
            WHERE tenant = '' AND seen_at > clock_timestamp() - interval '10 seconds'""";

    private static final String FORGET =
            "DELETE FROM tenant_places WHERE seen_at < clock_timestamp() - interval '1 hour'";

    private final Pool pool;
    private final String gateway;

    private DatabaseLedger(Pool pool, String gateway) {
        this.pool = pool;
        this.gateway = gateway;
    }

    /**
     * Does not wait for the database.
     *
     * @param url {@code jdbc:postgresql://HOST/NAME?user=...&password=...}
     * @param gateway a name that no other process has
     */
    static DatabaseLedger open(String url, String gateway) {
        return new DatabaseLedger(
                Pool.of(new DatabaseConfig("the database of limits", url, CONNECTIONS, PATIENCE)), gateway);
    }

    @Override
    public int gateways() throws SQLException {
        hold("", 0, 0, 0);
        return pool.apart(sql -> {
            sql.update(FORGET);
            return Math.max(1, (int) number(sql, GATEWAYS));
        });
    }

    /** Gateways that make the tables at once would meet in the catalogue. */
    @Override
    public void makeTables() throws SQLException {
        pool.<@Nullable Void>change(sql -> {
            sql.lock("tables of tenants");
            sql.update(TABLES);
            return null;
        });
    }

    @Override
    public QuotaLedger.Lease exchange(QuotaLedger.Quota quota, long returned, long wanted) throws SQLException {
        String kind = quota.kind().name();
        return pool.apart(sql -> {
            sql.update(FIRST, quota.tenant(), kind, (double) quota.most());
            return sql.one(
                            EXCHANGE,
                            row -> new QuotaLedger.Lease(row.getLong(1), row.getDouble(2)),
                            wanted,
                            (double) quota.most(),
                            (double) returned,
                            (double) quota.perMinute(),
                            quota.tenant(),
                            kind,
                            quota.tenant(),
                            kind)
                    .orElseThrow();
        });
    }

    @Override
    public int hold(String tenant, int underWay, int wanted, int limit) throws SQLException {
        return pool.change(sql -> {
            sql.lock("tenant " + tenant);
            long free = limit - number(sql, OTHERS, tenant, gateway);
            int places = (int) Math.max(underWay, Math.min(wanted, free));
            sql.update(HOLD, tenant, gateway, places);
            return places;
        });
    }

    private static long number(Sql sql, String query, Object... values) throws SQLException {
        return sql.one(query, row -> row.getLong(1), values).orElseThrow();
    }

    @Override
    public void close() {
        pool.close();
    }
}
