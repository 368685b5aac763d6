"""Run the migrations on the connection that `wardnews.store.database` hands over."""

from alembic import context

from wardnews.store.database import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
