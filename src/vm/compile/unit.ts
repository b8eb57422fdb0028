// Compiles one entry point with everything it can reach into one WebAssembly module: a "unit". What the module needs to run (places, natives
// to bind, types to encode) comes with it. A unit may also be made for a function value that was read from storage: then it has a thunk
// instead of a `main`, and runs together with the unit that calls it.

import type { Bytes } from '../../base/bytes.ts';
import { moduleKey } from '../bytecode/access.ts';
import type { FunctionDefinition } from '../bytecode/module.ts';
import { type ClosureShapes, targetKey } from '../code/closure-shapes.ts';
import { formatModuleId } from '../code/code-world.ts';
import type { FunctionName, LoadedModule } from '../code/loaded-module.ts';
import { type Reach, reachOf } from '../code/reach.ts';
import { isScript } from '../code/script-module.ts';
import { TraceHooks, type TraceTable } from '../debug/trace-hooks.ts';
import { LoadError, UnsupportedError } from '../errors.ts';
import { dependencyGas, type GasSchedule } from '../gas.ts';
import type { VmLimits } from '../limits.ts';
import type { Native, NativeSet, NativeSignature } from '../natives/native.ts';
import { findNative } from '../natives/table.ts';
import { type FunctionType, type Type, tagOf } from '../types/type.ts';
import type { TypeTable } from '../types/type-table.ts';
import { Code } from '../wasm/code.ts';
import { type FunctionRef, ModuleBuilder } from '../wasm/module-builder.ts';
import { type AccessRule, accessRule } from './access-rules.ts';
import { capturedParams, emitThunk, givenParams, type Thunk, thunkSignature } from './closures.ts';
import type { Constructor } from './constructors.ts';
import { FunctionContext } from './function-context.ts';
import { type FunctionInstance, wasmSignature } from './function-instance.ts';
import { translateFunction, writeFunction, writeInlined } from './function-translator.ts';
import { isSmall } from './inlining.ts';
import { calleeGas } from './instruction-gas.ts';
import { EXPORTED, HOST, NATIVE, RESERVED_SITES } from './layout.ts';
import { RuntimeFunctions } from './runtime-functions.ts';
import { TypeFunctions } from './type-functions.ts';
import type { UnitContext } from './unit-context.ts';
import { defineStart, type Place, place } from './unit-start.ts';
import { WideIntegers } from './wide-integers.ts';

/** A place in Move code that can end the run; the first ones are no place (see `layout.ts`). */
export interface Site {
  readonly status: string;
  readonly instance: FunctionInstance | undefined;
  readonly offset: number;
}

/** Where a block first leaves one, two, … values on the operand stack. */
export interface Heights {
  readonly instance: FunctionInstance;
  readonly offsets: readonly number[];
}

export interface BoundNative {
  /** Name of the import in the module `native`. */
  readonly name: string;
  readonly native: Native & { readonly kind: 'host' };
  readonly signature: NativeSignature;
}

export interface CompiledUnit {
  readonly wasm: Bytes;
  readonly sites: readonly Site[];
  readonly heights: readonly Heights[];
  readonly natives: readonly BoundNative[];
  /** By number. */
  readonly accessRules: readonly AccessRule[];
  /** Types with exported codec functions `size…`, `encode…`, `decode…` by id. */
  readonly codecs: ReadonlyMap<number, Type>;
  readonly params: readonly Place[];
  readonly returns: readonly Place[];
  /** Bytes that arguments and results take. */
  readonly entryBytes: number;
  /** By the id of the type: started before the entry point, with its one argument, as `constructorExport` says. */
  readonly constructors: ReadonlyMap<number, { readonly params: readonly Place[]; readonly bytes: number }>;
  /** Types of resources that the unit works on. */
  readonly resourceCount: number;
  /** What a run pays for the code itself, in internal units: by what the entry point can reach, whatever was compiled before. */
  readonly codeGas: number;
  /** Of a unit that makes function values or calls them. Such a unit is good for its own code world only. */
  readonly closures: UnitClosures | undefined;
  readonly entry: FunctionInstance;
  /** Of a unit that tells what it does. */
  readonly trace: TraceTable | undefined;
}

export interface UnitClosures {
  /** Modules with code in the unit. */
  readonly modules: readonly LoadedModule[];
  /** What the unit puts into the table, by `targetKey`. */
  readonly thunks: ReadonlyMap<string, Thunk>;
  /** Types of the function values that it calls. */
  readonly functionTypes: readonly FunctionType[];
  /** In all its functions. */
  readonly instructions: number;
  /** The numbers of resource types in the cache of resources, by the types' ids. */
  readonly resources: ReadonlyMap<number, number>;
}

export interface UnitSource {
  readonly types: TypeTable;
  readonly module: (name: FunctionName['module']) => LoadedModule;
  /** A module that may be anything: only to look at. */
  readonly find: (name: FunctionName['module']) => LoadedModule | undefined;
  readonly closures: ClosureShapes;
  readonly gas: GasSchedule;
  readonly limits: VmLimits;
  readonly natives: NativeSet;
  /** With the hooks of `debug/trace-hooks.ts`. */
  readonly isTraced?: boolean;
}

/** With `constructors` for types that the entry point's arguments hold. @throws LoadError, UnsupportedError */
export function compileUnit(
  source: UnitSource,
  name: FunctionName,
  typeArgs: readonly Type[],
  constructors: readonly Constructor[] = [],
): CompiledUnit {
  const reaches = [name, ...constructors].map((start) => reachOf(source.find, start));
  const dispatches = reaches.some((reach) => reach.dispatches);
  const restrictsAccess = reaches.some((reach) => reach.restrictsAccess);
  return new UnitCompiler(source, { dispatches, restrictsAccess }).compile(name, typeArgs, constructors);
}

/** What a function value leads to, in a unit of its own. @throws LoadError, UnsupportedError */
export function compileClosureUnit(
  source: UnitSource,
  name: FunctionName,
  typeArgs: readonly Type[],
  mask: bigint,
): CompiledUnit {
  return new UnitCompiler(source, { dispatches: true, restrictsAccess: true }).compileThunk(name, typeArgs, mask);
}

/** A function that may be written in the place of its calls. */
interface SmallFunction {
  readonly module: LoadedModule;
  readonly definition: FunctionDefinition;
  /** Unknown until it is tried. */
  canBeWritten?: boolean;
}

class UnitCompiler implements UnitContext {
  readonly builder = new ModuleBuilder({ module: HOST, name: 'memory' });
  readonly types: TypeTable;
  readonly gas: GasSchedule;
  readonly limits: VmLimits;
  readonly runtime: RuntimeFunctions;
  readonly typeFunctions: TypeFunctions;
  readonly wide: WideIntegers;
  readonly trace: TraceHooks | undefined;
  readonly closures: ClosureShapes;
  readonly dispatches: boolean;
  readonly checksAccess: boolean;
  readonly module: (name: FunctionName['module']) => LoadedModule;
  readonly #nativeSet: NativeSet;
  readonly #instances = new Map<string, FunctionInstance>();
  readonly #pending: (() => void)[] = [];
  readonly #small = new Map<FunctionInstance, SmallFunction>();
  readonly #sites: Site[] = RESERVED_SITES.map((status) => ({ status, instance: undefined, offset: 0 }));
  readonly #siteNumbers = new Map<string, number>();
  readonly #heights: Heights[] = [];
  readonly #modules = new Set<LoadedModule>();
  #instructions = 0;
  readonly #natives: BoundNative[] = [];
  readonly #codecs = new Map<number, Type>();
  readonly #resources = new Map<number, number>();
  readonly #thunks = new Map<string, Thunk>();
  readonly #functionTypes: FunctionType[] = [];
  readonly #accessRules: AccessRule[] = [];
  readonly #constructors = new Map<number, { readonly params: readonly Place[]; readonly bytes: number }>();

  constructor(source: UnitSource, { dispatches, restrictsAccess }: Pick<Reach, 'dispatches' | 'restrictsAccess'>) {
    this.types = source.types;
    this.gas = source.gas;
    this.limits = source.limits;
    this.module = source.module;
    this.#nativeSet = source.natives;
    this.runtime = new RuntimeFunctions(this.builder, source.limits);
    this.typeFunctions = new TypeFunctions(this.runtime, source.gas);
    this.wide = new WideIntegers(this.runtime);
    this.closures = source.closures;
    this.dispatches = dispatches;
    // A function value from storage may bring a function with a rule, which then calls back.
    this.checksAccess = dispatches || restrictsAccess;
    if (dispatches) this.runtime.share();
    this.trace = source.isTraced ? new TraceHooks(this.runtime, (type) => this.codec(type)) : undefined;
  }

  compile(name: FunctionName, typeArgs: readonly Type[], constructors: readonly Constructor[]): CompiledUnit {
    const entry = this.function(name, typeArgs);
    const params = place(entry.params, 0);
    const returns = place(entry.returns, params.end);
    defineStart(this, EXPORTED.main, entry, params.places, returns.places);
    for (const made of constructors) this.#defineConstructor(made);
    return this.#finish(entry, params.places, returns.places, returns.end);
  }

  compileThunk(name: FunctionName, typeArgs: readonly Type[], mask: bigint): CompiledUnit {
    return this.#finish(this.thunk(name, typeArgs, mask).instance, [], [], 0);
  }

  #finish(
    entry: FunctionInstance,
    params: readonly Place[],
    returns: readonly Place[],
    entryBytes: number,
  ): CompiledUnit {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) next();
    for (const { type } of [...params, ...returns]) this.codec(type.kind === 'reference' ? type.inner : type);
    for (const [id, type] of this.#codecs) {
      this.builder.export(`size${id}`, this.typeFunctions.size(type));
      this.builder.export(`encode${id}`, this.typeFunctions.encode(type));
      this.builder.export(`decode${id}`, this.typeFunctions.decode(type));
    }
    this.builder.export(EXPORTED.alloc, this.runtime.alloc);
    this.builder.export(EXPORTED.charge, this.runtime.charge);
    return {
      wasm: this.builder.build(),
      sites: this.#sites,
      heights: this.#heights,
      natives: this.#natives,
      accessRules: this.#accessRules,
      codecs: this.#codecs,
      params,
      returns,
      entryBytes,
      constructors: this.#constructors,
      resourceCount: this.#resources.size,
      codeGas: dependencyGas(
        this.gas,
        [...this.#modules].filter(({ id }) => !isScript(id)),
      ),
      closures:
        this.dispatches || this.#thunks.size > 0
          ? {
              modules: [...this.#modules],
              thunks: this.#thunks,
              functionTypes: this.#functionTypes,
              instructions: this.#instructions,
              resources: this.#resources,
            }
          : undefined,
      entry,
      trace: this.trace,
    };
  }

  function(name: FunctionName, typeArgs: readonly Type[]): FunctionInstance {
    const args = typeArgs.length === 0 ? '' : `<${typeArgs.map((type) => type.name).join()}>`;
    const key = `${moduleKey(name.module)}::${name.name}${args}`;
    const known = this.#instances.get(key);
    if (known) return known;
    if (this.#instances.size >= this.limits.functionInstancesMax) {
      throw new UnsupportedError(
        `more than ${this.limits.functionInstancesMax} functions reached from one entry point`,
      );
    }
    const module = this.module(name.module);
    this.#modules.add(module);
    const definition = module.functions.get(name.name);
    const label = `${formatModuleId(name.module)}::${name.name}`;
    if (definition === undefined) throw new LoadError('FUNCTION_RESOLUTION_FAILURE', `no function ${label}`);
    const instance = this.#instantiate(module, definition, name, typeArgs, label);
    this.#instances.set(key, instance);
    return instance;
  }

  thunk(name: FunctionName, typeArgs: readonly Type[], mask: bigint): Thunk {
    const instance = this.function(name, typeArgs);
    const target = { module: name.module, function: name.name, typeArgs: typeArgs.map(tagOf), mask };
    const key = targetKey(target);
    const known = this.#thunks.get(key);
    if (known) return known;
    const shape = this.closures.intern(target, capturedParams(instance, mask), instance.isPersistent);
    const { params, results } = thunkSignature(givenParams(instance, mask), instance.returns);
    const ref = this.builder.declare(`thunk ${key}`, params, results);
    if (this.#thunks.size === 0 && !this.dispatches) this.runtime.importTable();
    const thunk = { instance, shape, ref, place: this.builder.element(ref) };
    this.#thunks.set(key, thunk);
    this.#pending.push(() => this.builder.define(ref, (code) => emitThunk(this, code, thunk)));
    return thunk;
  }

  accessRule(rule: AccessRule): number {
    return this.#accessRules.push(rule) - 1;
  }

  functionType(type: FunctionType): number {
    const known = this.#functionTypes.indexOf(type);
    return known >= 0 ? known : this.#functionTypes.push(type) - 1;
  }

  site(instance: FunctionInstance, offset: number, status: string): number {
    const key = `${instance.id}.${offset}.${status}`;
    let number = this.#siteNumbers.get(key);
    if (number === undefined) {
      number = this.#sites.length;
      this.#sites.push({ status, instance, offset });
      this.#siteNumbers.set(key, number);
    }
    return number;
  }

  heights(instance: FunctionInstance, offsets: readonly number[]): number {
    this.#heights.push({ instance, offsets });
    return this.#heights.length - 1;
  }

  resource(type: Type): number {
    const id = this.codec(type);
    let slot = this.#resources.get(id);
    if (slot === undefined) {
      slot = this.#resources.size;
      this.#resources.set(id, slot);
    }
    return slot;
  }

  codec(type: Type): number {
    this.#codecs.set(type.id, type);
    return type.id;
  }

  #instantiate(
    module: LoadedModule,
    definition: FunctionDefinition,
    name: FunctionName,
    typeArgs: readonly Type[],
    label: string,
  ): FunctionInstance {
    const handle = module.functionHandle(definition.handle);
    if (handle.typeParameters.length !== typeArgs.length) {
      throw new LoadError(
        'NUMBER_OF_TYPE_ARGUMENTS_MISMATCH',
        `${label} takes ${handle.typeParameters.length} type arguments`,
      );
    }
    const resolve = (signature: number): readonly Type[] =>
      module.signature(signature).map((token) => this.types.fromToken(module, token, typeArgs));
    const params = resolve(handle.parameters);
    const returns = resolve(handle.returns);
    const native = definition.body === undefined ? findNative(this.#nativeSet, name) : undefined;
    if (definition.body === undefined && native === undefined) throw new UnsupportedError(`native function ${label}`);
    const identity = {
      id: this.#instances.size,
      module: name.module,
      name: name.name,
      typeArgs,
      params,
      returns,
      isNative: native !== undefined,
      hasModuleLock: handle.attributes.some(({ kind }) => kind === 'moduleLock'),
      accessRule:
        native === undefined
          ? accessRule(module, handle, params, (token) => this.types.fromToken(module, token, typeArgs))
          : undefined,
      isPersistent: definition.visibility === 'public' || handle.attributes.some(({ kind }) => kind === 'persistent'),
      gas:
        native === undefined
          ? calleeGas(
              this.gas,
              params.length + (definition.body ? module.signature(definition.body.locals).length : 0),
              typeArgs.length,
            )
          : native.gas(this.gas) + calleeGas(this.gas, 0, typeArgs.length),
    };
    const signature = wasmSignature(params, returns, native !== undefined);
    if (native?.kind === 'inline') {
      return {
        ...identity,
        emitCall: (code, scratch) => native.emit({ code, scratch, unit: this }, { typeArgs, params, returns }),
      };
    }
    if (native?.kind === 'host') {
      const imported = String(this.#natives.length);
      this.#natives.push({ name: imported, native, signature: { typeArgs, params, returns } });
      for (const type of native.codecs?.({ typeArgs, params, returns }) ?? []) this.codec(type);
      const ref = this.builder.importFunction(NATIVE, imported, signature.params, signature.results);
      return { ...identity, emitCall: (code) => void code.call(ref) };
    }
    const instance = this.#makeInstance(identity, module, definition, label);
    this.#instructions += definition.body?.code.length ?? 0;
    if (this.#instructions > this.limits.instructionsMax) {
      throw new UnsupportedError(`more than ${this.limits.instructionsMax} instructions reached from one entry point`);
    }
    return instance;
  }

  #makeInstance(
    identity: Omit<FunctionInstance, 'emitCall'>,
    module: LoadedModule,
    definition: FunctionDefinition,
    label: string,
  ): FunctionInstance {
    const { params, results } = wasmSignature(identity.params, identity.returns, false);
    let ref: FunctionRef | undefined;
    const declare = (): FunctionRef => {
      const declared = this.builder.declare(label, params, results);
      this.#pending.push(() => translateFunction(this, instance, module, definition, declared));
      return declared;
    };
    const instance: FunctionInstance = {
      ...identity,
      emitCall: (code) => {
        ref ??= declare();
        code.call(ref);
      },
    };
    // While modules are counted as they are entered, or every step is told, a call has to be one.
    if (!this.dispatches && this.trace === undefined && isSmall(instance, module, definition)) {
      this.#small.set(instance, { module, definition });
    } else {
      ref = declare();
    }
    return instance;
  }

  inline(caller: FunctionContext, callee: FunctionInstance): boolean {
    const small = this.#small.get(callee);
    if (small === undefined || caller.inlinesLeft === 0 || !this.#canWrite(callee, small)) return false;
    caller.inlinesLeft--;
    writeInlined(caller, callee, small.module, small.definition);
    return true;
  }

  /** What cannot be compiled is left to be found out where it is in turn, as what is found first is told. */
  #canWrite(instance: FunctionInstance, small: SmallFunction): boolean {
    if (small.canBeWritten === undefined) {
      const { params } = wasmSignature(instance.params, instance.returns, false);
      try {
        writeFunction(new FunctionContext(this, instance, small.module, new Code(params)), small.definition);
        small.canBeWritten = true;
      } catch (error) {
        if (!(error instanceof LoadError || error instanceof UnsupportedError)) throw error;
        small.canBeWritten = false;
      }
    }
    return small.canBeWritten;
  }

  #defineConstructor(made: Constructor): void {
    const instance = this.function(made, made.typeArgs);
    const params = place(instance.params, 0);
    const returns = place(instance.returns, params.end);
    for (const { type } of params.places) this.codec(type);
    defineStart(this, constructorExport(made.type), instance, params.places, returns.places);
    this.#constructors.set(made.type.id, { params: params.places, bytes: returns.end });
  }
}

export function constructorExport(type: Type): string {
  return `construct${type.id}`;
}
