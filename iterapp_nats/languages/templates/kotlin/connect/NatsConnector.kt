/*
 * Connects to NATS on Iterapp: the same code with a plain local server and in production.
 *
 * Reads NATS_URL, NATS_CREDENTIALS (content) or else NATS_CREDENTIALS_FILE, and NATS_CA_FILE; an
 * empty variable counts as unset.
 */
package example

import io.nats.client.AuthHandler
import io.nats.client.Connection
import io.nats.client.ConnectionListener
import io.nats.client.Consumer
import io.nats.client.ErrorListener
import io.nats.client.NKey
import io.nats.client.Nats
import io.nats.client.Options
import java.io.File
import java.io.IOException
import java.net.Socket
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.cert.CertificateException
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.time.Duration
import java.time.Instant
import java.util.Base64
import java.util.concurrent.TimeUnit
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLSocket
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509ExtendedTrustManager
import kotlin.concurrent.thread
import kotlin.random.Random
import kotlin.system.exitProcess

private val retry = Duration.ofSeconds(2)
private val drainTimeout = Duration.ofSeconds(20)

@Volatile private var isStopping = false

/**
 * Tries until a server takes us.
 *
 * SIGTERM drains: what has arrived is handled before the process ends. When the connection is closed
 * for good, the process ends with the reason, so that the platform starts it again.
 */
fun connectToNats(app: String): Connection {
    while (true) {
        try {
            val connection = Nats.connect(options(app))
            Runtime.getRuntime().addShutdownHook(thread(start = false) { drain(connection) })
            log("connected to NATS")
            return connection
        } catch (error: IOException) {
            retryAfter(error)
        } catch (error: GeneralSecurityException) {
            retryAfter(error)
        } catch (error: IllegalStateException) {
            retryAfter(error)
        }
    }
}

private fun retryAfter(error: Exception) {
    log("cannot connect to NATS, trying again: ${error.message}")
    Thread.sleep(retry.toMillis() + Random.nextLong(1000))
}

private fun options(app: String): Options {
    val builder =
        Options
            .Builder()
            .servers((setting("NATS_URL") ?: "nats://127.0.0.1:4222").split(",").map(String::trim).toTypedArray())
            .connectionName("$app@${setting("HOSTNAME") ?: "local"}")
            .maxReconnects(-1)
            .reconnectWait(retry)
            .reconnectJitter(Duration.ofSeconds(1))
            .reconnectJitterTls(Duration.ofSeconds(1))
            .pingInterval(Duration.ofSeconds(20))
            .connectionListener(Listener)
            .errorListener(Listener)
    if (setting("NATS_CREDENTIALS") != null || setting("NATS_CREDENTIALS_FILE") != null) {
        builder.authHandler(Login)
    }
    // With an SSL context, a server without TLS is an error.
    setting("NATS_CA_FILE")?.let { builder.sslContext(trusting(File(it))) }
    return builder.build()
}

private fun drain(connection: Connection) {
    isStopping = true
    // Without a server there is nothing to wait for, and jnats would wait.
    if (connection.status != Connection.Status.CONNECTED) return
    runCatching { connection.drain(drainTimeout).get(drainTimeout.toSeconds(), TimeUnit.SECONDS) }
        .onFailure { log("not drained: $it") }
}

private fun trusting(caFile: File): SSLContext {
    val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null, null) }
    val certificates = caFile.inputStream().use(CertificateFactory.getInstance("X.509")::generateCertificates)
    certificates.forEachIndexed { number, each -> store.setCertificateEntry("ca-$number", each) }
    val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
    factory.init(store)
    val inner = factory.trustManagers.first() as X509ExtendedTrustManager
    return SSLContext.getInstance("TLS").apply { init(null, arrayOf(HostCheckingTrust(inner)), null) }
}

private fun setting(name: String): String? = System.getenv(name)?.trim()?.ifEmpty { null }

private fun log(message: String) = System.err.println(message)

/** Logs in with what is there now, because the platform may have renewed it. */
private object Login : AuthHandler {
    override fun sign(nonce: ByteArray): ByteArray = withKey { it.sign(nonce) }

    override fun getID(): CharArray = withKey { it.publicKey }

    override fun getJWT(): CharArray {
        val jwt = block("NATS USER JWT")
        val claims = String(Base64.getUrlDecoder().decode(jwt.split(".")[1]))
        val expiry = Regex("\"exp\":(\\d+)").find(claims)?.let { Instant.ofEpochSecond(it.groupValues[1].toLong()) }
        check(expiry == null || expiry.isAfter(Instant.now())) { "the credentials expired at $expiry" }
        return jwt.toCharArray()
    }

    private fun <T> withKey(use: (NKey) -> T): T {
        val key = NKey.fromSeed(block("USER NKEY SEED").toCharArray())
        return try {
            use(key)
        } finally {
            key.clear()
        }
    }

    private fun block(title: String): String {
        val text = setting("NATS_CREDENTIALS") ?: File(setting("NATS_CREDENTIALS_FILE").orEmpty()).readText()
        val found = Regex("BEGIN $title-+\\s+(\\S+)").find(text)
        return checkNotNull(found) { "the credentials have no $title" }.groupValues[1]
    }
}

/** jnats does not compare the host with the certificate; with this, the Java runtime does. */
private class HostCheckingTrust(
    private val inner: X509ExtendedTrustManager,
) : X509ExtendedTrustManager() {
    override fun checkServerTrusted(
        chain: Array<X509Certificate>,
        authType: String,
        socket: Socket,
    ) {
        val tls = socket as? SSLSocket ?: throw CertificateException("the host cannot be checked")
        tls.sslParameters = tls.sslParameters.apply { endpointIdentificationAlgorithm = "HTTPS" }
        inner.checkServerTrusted(chain, authType, socket)
    }

    override fun checkServerTrusted(
        chain: Array<X509Certificate>,
        authType: String,
        engine: SSLEngine,
    ) {
        engine.sslParameters = engine.sslParameters.apply { endpointIdentificationAlgorithm = "HTTPS" }
        inner.checkServerTrusted(chain, authType, engine)
    }

    override fun checkServerTrusted(
        chain: Array<X509Certificate>,
        authType: String,
    ): Unit = throw CertificateException("the host cannot be checked")

    override fun checkClientTrusted(
        chain: Array<X509Certificate>,
        authType: String,
        socket: Socket,
    ) = inner.checkClientTrusted(chain, authType, socket)

    override fun checkClientTrusted(
        chain: Array<X509Certificate>,
        authType: String,
        engine: SSLEngine,
    ) = inner.checkClientTrusted(chain, authType, engine)

    override fun checkClientTrusted(
        chain: Array<X509Certificate>,
        authType: String,
    ) = inner.checkClientTrusted(chain, authType)

    override fun getAcceptedIssuers(): Array<X509Certificate> = inner.acceptedIssuers
}

private object Listener : ConnectionListener, ErrorListener {
    @Volatile private var wasConnected = false

    @Deprecated("the method that the interface asks for")
    override fun connectionEvent(
        connection: Connection,
        event: ConnectionListener.Events,
    ) {
        when (event) {
            ConnectionListener.Events.CONNECTED -> {
                wasConnected = true
            }

            ConnectionListener.Events.DISCONNECTED -> {
                log("disconnected from NATS")
            }

            ConnectionListener.Events.RECONNECTED -> {
                log("reconnected to NATS; what was published meanwhile was missed")
            }

            ConnectionListener.Events.CLOSED -> {
                if (wasConnected && !isStopping) {
                    log("the NATS connection was closed for good: ${connection.lastError}")
                    // jnats gives up when a login is refused twice in a row, and has no option against it:
                    // https://github.com/nats-io/nats-architecture-and-design/issues/170
                    exitProcess(1)
                }
            }

            else -> {}
        }
    }

    override fun errorOccurred(
        connection: Connection,
        error: String,
    ) = log("NATS: $error")

    override fun exceptionOccurred(
        connection: Connection,
        error: Exception,
    ) = log("NATS: ${generateSequence<Throwable>(error) { it.cause }.last()}")

    override fun slowConsumerDetected(
        connection: Connection,
        consumer: Consumer,
    ) = log("NATS: messages arrive faster than they are handled")
}
