package dev.foretoken.gateway.tenant;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The ledger of several gateways: two tables of PostgreSQL, whose clock is the only one that counts. One row for each quota, locked while it
 * is changed; one for each gateway and tenant with requests under way, which is void when its gateway has not been heard of for ten seconds.
 */
final class DatabaseLedger implements SharedLedger {

    private static final int ANSWER_MILLIS = 500;
    private static final int SOCKET_SECONDS = 2;
    private static final int CONNECTIONS = 4;
    /** Of the lock that keeps gateways from making the tables at once. */
    private static final long TABLES_LOCK = 0x666f726574656eL;

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

    private final HikariDataSource pool;
    private final String gateway;

    private DatabaseLedger(HikariDataSource pool, String gateway) {
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
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setConnectTimeout(SOCKET_SECONDS);
        source.setSocketTimeout(SOCKET_SECONDS);
        source.setURL(url);
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(ANSWER_MILLIS);
        config.setInitializationFailTimeout(-1);
        config.setPoolName("tenant-limits");
        return new DatabaseLedger(new HikariDataSource(config), gateway);
    }

    @Override
    public int gateways() throws SQLException {
        hold("", 0, 0, 0);
        try (Connection connection = pool.getConnection();
                PreparedStatement count = connection.prepareStatement(GATEWAYS);
                Statement forget = connection.createStatement()) {
            forget.execute(FORGET);
            return Math.max(1, (int) number(count));
        }
    }

    @Override
    public void makeTables() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(" + TABLES_LOCK + ")");
            statement.execute(TABLES);
            connection.commit();
        }
    }

    @Override
    public QuotaLedger.Lease exchange(QuotaLedger.Quota quota, long returned, long wanted) throws SQLException {
        String kind = quota.kind().name();
        try (Connection connection = pool.getConnection();
                PreparedStatement first = connection.prepareStatement(FIRST);
                PreparedStatement exchange = connection.prepareStatement(EXCHANGE)) {
            set(first, quota.tenant(), kind, (double) quota.most());
            first.executeUpdate();
            set(
                    exchange,
                    wanted,
                    (double) quota.most(),
                    (double) returned,
                    (double) quota.perMinute(),
                    quota.tenant(),
                    kind,
                    quota.tenant(),
                    kind);
            try (ResultSet row = exchange.executeQuery()) {
                row.next();
                return new QuotaLedger.Lease(row.getLong(1), row.getDouble(2));
            }
        }
    }

    @Override
    public int hold(String tenant, int underWay, int wanted, int limit) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement lock =
                            connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))");
                    PreparedStatement others = connection.prepareStatement(OTHERS);
                    PreparedStatement hold = connection.prepareStatement(HOLD)) {
                set(lock, "tenant " + tenant);
                lock.execute();
                set(others, tenant, gateway);
                long free = limit - number(others);
                int places = (int) Math.max(underWay, Math.min(wanted, free));
                set(hold, tenant, gateway, places);
                hold.executeUpdate();
                connection.commit();
                return places;
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private static long number(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
