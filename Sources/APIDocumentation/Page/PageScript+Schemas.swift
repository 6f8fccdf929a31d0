extension PageScript {
  /// Shows schemas as trees that can be opened.
  static let schemas = #"""
    let reference = null;

    function resolved(value) {
      if (!value?.$ref) return value ?? {};
      return value.$ref.slice(2).split('/').reduce((at, key) => at?.[key], reference) ?? {};
    }

    const isNull = (schema) => schema.type === 'null';

    // What a schema takes, in words. That most members may be null is too common to be said each time.
    function kind(schema) {
      const whole = resolved(schema);
      if (whole.const !== undefined) return JSON.stringify(whole.const);
      if (whole.anyOf) return [...new Set(whole.anyOf.filter((choice) => !isNull(choice)).map(kind))].join(' or ');
      const types = [whole.type ?? 'anything'].flat().filter((type) => type !== 'null');
      return types.map((type) => {
        if (type !== 'array') return type;
        const inner = kind(whole.items ?? {});
        return 'list of ' + (inner.includes(' or ') ? '(' + inner + ')' : inner);
      }).join(' or ');
    }

    function bounds(schema) {
      const whole = resolved(schema);
      const said = [];
      const values = (whole.enum ?? []).filter((value) => value !== null);
      if (values.length) said.push(['one of ', ...values.flatMap((value) => [el('code', null, value), ' '])]);
      if (whole.minimum !== undefined && whole.maximum !== undefined) {
        said.push(`${whole.minimum} to ${whole.maximum}`);
      } else if (whole.minimum !== undefined) {
        said.push(`at least ${whole.minimum}`);
      }
      if (whole.minItems) said.push(`at least ${whole.minItems} in the list`);
      if (whole.maxItems) said.push(`at most ${whole.maxItems} in the list`);
      return said;
    }

    // The objects inside a schema whose members are worth showing.
    function inside(schema) {
      const whole = resolved(schema);
      if (whole.anyOf) return whole.anyOf.filter((choice) => !isNull(choice)).flatMap(inside);
      if (whole.items) return inside(whole.items);
      return whole.properties ? [whole] : [];
    }

    function members(schema, above = []) {
      const objects = inside(schema).filter((object) => !above.includes(object));
      if (!objects.length) return null;
      return objects.map((object) => el('ul', {class: 'members'},
        Object.entries(object.properties).map(([name, value]) => member(name, value, object, [...above, object]))));
    }

    function member(name, schema, parent, above) {
      const isRequired = parent.required?.includes(name);
      const whole = resolved(schema);
      const limits = bounds(schema);
      const nested = members(schema, above);
      return el('li', null,
        el('div', {class: 'member'},
          el('code', {class: 'member-name'}, name),
          el('span', {class: 'kind'}, kind(schema)),
          isRequired && el('span', {class: 'required'}, 'required')),
        (schema.description ?? whole.description) &&
          el('p', {class: 'said'}, inline(schema.description ?? whole.description)),
        limits.map((limit) => el('p', {class: 'said limit'}, limit)),
        nested && el('details', null, el('summary', null, 'Members of ', el('code', null, name)), nested));
    }

    // A schema that stands for itself: its sentence and its members.
    function schemaView(schema) {
      const whole = resolved(schema);
      const shown = members(schema);
      return el('div', {class: 'schema'},
        whole.description && el('p', {class: 'said'}, inline(whole.description)),
        shown ?? el('p', {class: 'said'}, el('span', {class: 'kind'}, kind(schema))));
    }

    """#
}
