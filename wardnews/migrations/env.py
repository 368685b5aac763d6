"""Run the migrations on the connection that `wardnews.store` hands over."""

from alembic import context

from wardnews.store import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
