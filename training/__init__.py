"""Training on thermal pictures: check and mix the data, train with Ultralytics' own trainer, evaluate."""
