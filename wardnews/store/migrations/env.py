"""Run the migrations on the connection that `wardnews.store.database` passes on."""

from alembic import context

from wardnews.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
